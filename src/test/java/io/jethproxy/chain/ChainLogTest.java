package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainLogTest {

  private static final long BLOCK_NANOS = TimeUnit.SECONDS.toNanos(12);

  private final ChainLog log =
      new ChainLog(new ChainLog.Config(2, 8, 16, 1 << 20, 1 << 20), BLOCK_NANOS);
  private final List<Moved> moves = new ArrayList<>();
  private final Block start = MadeBlocks.at(1_000, Hash.ZERO, 0);
  private long now = 1_000_000;

  private void show(String provider, Block block) {
    log.show(provider, provider, block, now);
    log.settle(now).ifPresent(moves::add);
  }

  private void all(Block block) {
    show("a", block);
    show("b", block);
    show("c", block);
  }

  private Hash tip() {
    return log.view().tip().orElseThrow().hash();
  }

  @Test
  void knowsNothingAtFirst() {
    assertThat(log.view().tip()).isEmpty();
    assertThat(log.view().tipNumber()).isNegative();
    assertThat(log.settle(now)).isEmpty();
  }

  @Test
  void followsTheOnlyProvider() {
    Block next = MadeBlocks.after(start);

    show("a", start);
    show("a", next);

    assertThat(tip()).isEqualTo(next.hash());
    assertThat(log.quorum()).isEqualTo(new ChainLog.Quorum(1, 1));
  }

  @Test
  void waitsForTheSecondGroupBeforeAHeadIsServed() {
    all(start);
    Block next = MadeBlocks.after(start);

    show("a", next);
    assertThat(tip()).isEqualTo(start.hash());
    show("b", next);

    assertThat(tip()).isEqualTo(next.hash());
    assertThat(moves.getLast()).isEqualTo(new Moved(List.of(), List.of(next), false));
  }

  @Test
  void countsProvidersOfOneGroupOnce() {
    all(start);
    Block next = MadeBlocks.after(start);

    log.show("a", "vendor", next, now);
    log.show("b", "vendor", next, now);

    assertThat(log.settle(now)).isEmpty();
    assertThat(tip()).isEqualTo(start.hash());
  }

  @Test
  void aDescendantIsAVoteForItsAncestors() {
    all(start);
    Block next = MadeBlocks.after(start);
    Block later = MadeBlocks.after(next);

    show("a", next);
    show("b", later);

    assertThat(tip()).isEqualTo(next.hash());
  }

  @Test
  void asksForWhatIsMissingBetweenARingAndAHead() {
    all(start);
    Block first = MadeBlocks.after(start);
    Block second = MadeBlocks.after(first);
    Block third = MadeBlocks.after(second);

    show("a", third);
    show("b", third);
    assertThat(tip()).isEqualTo(start.hash());
    assertThat(log.gaps())
        .containsExactly(
            new ChainLog.Gap(second.hash(), 1_002, "a"),
            new ChainLog.Gap(second.hash(), 1_002, "b"));
    log.add(second);
    assertThat(log.gaps()).extracting(ChainLog.Gap::hash).containsOnly(first.hash());
    log.add(first);
    Moved moved = log.settle(now).orElseThrow();

    assertThat(moved).isEqualTo(new Moved(List.of(), List.of(first, second, third), false));
    assertThat(log.view().block(1_002)).contains(second);
    assertThat(log.gaps()).isEmpty();
  }

  @Test
  void turnsWithTheMajorityAndNamesWhatIsOrphanedFromTheTipDown() {
    all(start);
    Block old1 = MadeBlocks.after(start, 1);
    Block old2 = MadeBlocks.after(old1, 1);
    all(old1);
    all(old2);
    Block new1 = MadeBlocks.after(start, 2);
    Block new2 = MadeBlocks.after(new1, 2);
    log.add(new1);

    show("a", new2);
    assertThat(tip()).isEqualTo(old2.hash());
    show("b", new2);

    assertThat(moves.getLast())
        .isEqualTo(new Moved(List.of(old2, old1), List.of(new1, new2), false));
    assertThat(log.view().block(old1.hash())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20})
  void turnsOnceWhenProvidersReorganiseOneAfterTheOther(int depth) {
    ChainLog deep = new ChainLog(new ChainLog.Config(2, 64, 64, 1 << 20, 1 << 20), BLOCK_NANOS);
    List<Moved> turns = new ArrayList<>();
    List<Block> old = branch(start, 1, depth);
    List<Block> young = branch(start, 2, depth + 1);
    Stream.concat(Stream.of(start), old.stream())
        .forEach(
            block -> List.of("a", "b", "c").forEach(each -> deep.show(each, each, block, now)));
    deep.settle(now);
    old.forEach(deep::add);
    deep.settle(now);
    assertThat(deep.view().tipNumber()).isEqualTo(start.number() + depth);

    for (String each : List.of("a", "b", "c")) {
      assertThat(deep.view().tip()).contains(each.equals("c") ? young.getLast() : old.getLast());
      deep.show(each, each, young.getLast(), now);
      young.forEach(deep::add);
      deep.settle(now).ifPresent(turns::add);
    }

    assertThat(turns).containsExactly(new Moved(old.reversed(), young, false));
    assertThat(deep.isSplit()).isFalse();
    old.forEach(block -> assertThat(deep.view().block(block.hash())).isEmpty());
  }

  private static List<Block> branch(Block parent, long variant, int blocks) {
    List<Block> branch = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      branch.add(MadeBlocks.after(branch.isEmpty() ? parent : branch.getLast(), variant));
    }
    return branch;
  }

  /** Of some two kilobytes. */
  private static Block padded(Block block) {
    return padded(block, 1_000);
  }

  private static Block padded(Block block, int bytes) {
    RawJson json = RawJson.of("{\"pad\":\"%s\"}".formatted("a".repeat(bytes)));
    return new Block(block.head(), block.header(), true, json, Optional.empty());
  }

  @Test
  void keepsNoMoreBlocksThanThereIsMemoryForHoweverFewThatAre() {
    ChainLog small = new ChainLog(new ChainLog.Config(1, 8, 16, 10_000, 1 << 20), BLOCK_NANOS);
    Block block = start;
    for (int i = 0; i < 12; i++) {
      block = padded(MadeBlocks.after(block));
      small.show("a", "a", block, now);
      small.settle(now);
    }

    assertThat(small.view().tip()).contains(block);
    assertThat(small.view().blocks()).hasSize(4);
    assertThat(small.wantedBelow()).isEmpty();

    Block huge = padded(MadeBlocks.after(block), 20_000);
    small.show("a", "a", huge, now);
    small.settle(now);

    assertThat(small.view().blocks()).containsExactly(huge);
    assertThat(small.extendDown(block)).isFalse();
    assertThat(small.view().blocks()).containsExactly(huge);
  }

  @Test
  void keepsNoMoreOfSideBranchesThanThereIsMemoryFor() {
    ChainLog small = new ChainLog(new ChainLog.Config(2, 8, 16, 10_000, 1 << 20), BLOCK_NANOS);
    small.show("a", "a", start, now);
    small.show("b", "b", start, now);
    small.settle(now);
    List<Block> branch = branch(start, 1, 6).stream().map(ChainLogTest::padded).toList();

    small.show("a", "a", branch.getLast(), now);
    branch.forEach(small::add);

    assertThat(small.gaps()).isEmpty();
    small.show("b", "b", branch.getFirst(), now);
    small.show("c", "c", branch.getFirst(), now);
    small.settle(now);
    assertThat(small.gaps())
        .containsExactly(new ChainLog.Gap(branch.get(4).hash(), branch.get(4).number(), "a"));
  }

  @Test
  void dropsOnesPaddingAndNotWhatOthersShow() {
    ChainLog small = new ChainLog(new ChainLog.Config(2, 8, 16, 20_000, 1 << 20), BLOCK_NANOS);
    small.show("a", "a", start, now);
    small.show("b", "b", start, now);
    small.settle(now);
    for (Block far : branch(MadeBlocks.at(1_050, Hash.ZERO, 5), 5, 6)) {
      small.show("c", "c", padded(far, 12_000), now);
    }
    Block next = MadeBlocks.after(start);

    small.show("a", "a", next, now);
    small.show("b", "b", next, now);
    small.settle(now);

    assertThat(small.view().tip()).contains(next);
  }

  @Test
  void doesNotDropWhatProvidersShowForTheNumberOfOnesBlocks() {
    show("a", start);
    show("b", start);
    Block far = MadeBlocks.at(1_050, Hash.ZERO, 5);
    for (int i = 0; i <= SideBlocks.BLOCKS_MAX; i++) {
      log.show("c", "c", far, now);
      far = MadeBlocks.after(far);
    }
    Block next = MadeBlocks.after(start);

    show("a", next);
    show("b", next);

    assertThat(tip()).isEqualTo(next.hash());
  }

  @Test
  void doesNotAskAgainForWhatItHadNoMemoryForUntilTheChainMoves() {
    ChainLog small = new ChainLog(new ChainLog.Config(2, 8, 16, 20_000, 1 << 20), BLOCK_NANOS);
    small.show("a", "a", start, now);
    small.show("b", "b", start, now);
    small.settle(now);
    List<Block> branch = branch(start, 1, 20).stream().map(block -> padded(block, 1_100)).toList();
    Map<Hash, Block> all = branch.stream().collect(Collectors.toMap(Block::hash, each -> each));
    small.show("c", "c", branch.getLast(), now);
    List<Hash> asked = new ArrayList<>();
    List<ChainLog.Gap> gaps = small.gaps();
    while (!gaps.isEmpty() && asked.size() < 100) {
      asked.add(gaps.getFirst().hash());
      small.add(Objects.requireNonNull(all.get(gaps.getFirst().hash())));
      gaps = small.gaps();
    }

    assertThat(asked).hasSizeLessThan(20).doesNotHaveDuplicates();

    small.show("a", "a", branch.getFirst(), now);
    small.show("b", "b", branch.getFirst(), now);
    small.settle(now);
    assertThat(small.view().tip()).contains(branch.getFirst());
    assertThat(small.gaps()).isNotEmpty();
  }

  @Test
  void countsWhatBlocksTakeAsPartOfTheMemoryForReceiptsUpToHalfOfIt() {
    ChainLog small = new ChainLog(new ChainLog.Config(1, 8, 16, 10_000, 6_000), BLOCK_NANOS);
    BlockReceipts receipts =
        BlockReceipts.read(RawJson.of("[" + " ".repeat(1_200) + "]"), start.head()).orElseThrow();
    Block block = start;
    for (int i = 0; i < 4; i++) {
      block = padded(MadeBlocks.after(block));
      small.show("a", "a", block, now);
      small.settle(now);
      small.receipts(block.hash(), receipts);
    }

    long kept = small.view().blocks().stream().filter(each -> each.receipts().isPresent()).count();

    assertThat(kept).isEqualTo(2);
  }

  @Test
  void isSplitWhileBlocksOnTheTipDifferAndNoneHasEnoughVotes() {
    all(start);
    Block one = MadeBlocks.after(start, 1);
    Block other = MadeBlocks.after(start, 2);

    show("a", one);
    assertThat(log.isSplit()).isFalse();
    show("b", other);
    assertThat(log.isSplit()).isTrue();
    assertThat(tip()).isEqualTo(start.hash());

    show("c", other);
    assertThat(log.isSplit()).isFalse();
    assertThat(tip()).isEqualTo(other.hash());
  }

  @Test
  void comesBackWhenTheChainDoes() {
    all(start);
    Block one = MadeBlocks.after(start, 1);
    Block other = MadeBlocks.after(start, 2);
    all(one);
    all(other);
    assertThat(tip()).isEqualTo(other.hash());

    all(one);

    assertThat(tip()).isEqualTo(one.hash());
  }

  @Test
  void staysWhereItIsWhenVotesAreEqual() {
    show("a", start);
    show("b", start);
    Block one = MadeBlocks.after(start, 1);
    Block other = MadeBlocks.after(start, 2);

    show("a", one);
    show("b", other);
    assertThat(tip()).isEqualTo(start.hash());
    Block settled = MadeBlocks.after(other, 2);
    show("a", settled);
    show("b", settled);

    assertThat(tip()).isEqualTo(settled.hash());
  }

  @Test
  void staysWhereItIsWhenAsManyHaveGoneAsHaveStayed() {
    all(start);
    show("d", start);
    Block one = MadeBlocks.after(start, 1);
    List<Block> longer = branch(start, 2, 3);
    all(one);
    show("d", one);
    longer.forEach(log::add);

    show("c", longer.getLast());
    show("d", longer.getLast());
    assertThat(tip()).isEqualTo(one.hash());

    show("b", longer.getLast());
    assertThat(tip()).isEqualTo(longer.getLast().hash());
  }

  @Test
  void aMinorityOnALongerBranchChangesNothing() {
    all(start);
    Block agreed = MadeBlocks.after(start, 1);
    all(agreed);
    Block fork = MadeBlocks.after(start, 2);
    log.add(fork);

    show("c", MadeBlocks.after(fork, 2));

    assertThat(tip()).isEqualTo(agreed.hash());
  }

  @Test
  void oneProviderThatGoesBackChangesNothing() {
    Block later = MadeBlocks.after(start);
    all(start);
    all(later);

    for (int i = 0; i < 50; i++) {
      show("a", start);
    }

    assertThat(tip()).isEqualTo(later.hash());
  }

  @Test
  void goesBackWhenAllProvidersInsist() {
    Block later = MadeBlocks.after(start);
    all(start);
    all(later);

    for (int i = 0; i < 4; i++) {
      all(start);
    }

    assertThat(tip()).isEqualTo(start.hash());
    assertThat(moves.getLast()).isEqualTo(new Moved(List.of(later), List.of(), false));
  }

  @Test
  void aDeadProviderDoesNotHoldTheHeadBack() {
    show("a", start);
    show("b", start);
    Block next = MadeBlocks.after(start);

    log.absent("b");
    show("a", next);

    assertThat(tip()).isEqualTo(next.hash());
  }

  @Test
  void aProviderThatStandsStillHasNoVote() {
    show("a", start);
    show("b", start);
    Block at = start;
    for (int i = 0; i < 4; i++) {
      now += BLOCK_NANOS;
      at = MadeBlocks.after(at);
      log.stillShows("b", now);
      show("a", at);
    }

    assertThat(tip()).isEqualTo(at.hash());
  }

  @Test
  void skipsWhatLiesBetweenWhenAHeadIsTooFarAway() {
    all(start);
    Block far = MadeBlocks.at(2_000, Hash.of("0x" + "ab".repeat(32)), 0);

    show("a", far);
    assertThat(tip()).isEqualTo(start.hash());
    show("b", far);
    show("c", far);

    assertThat(tip()).isEqualTo(far.hash());
    assertThat(moves.getLast().isBroken()).isTrue();
    assertThat(log.view().block(1_000)).isEmpty();
  }

  @Test
  void startsAnewWhenTheChainWasSetUpAnew() {
    all(start);
    Block genesis = MadeBlocks.genesis();

    all(genesis);

    assertThat(tip()).isEqualTo(genesis.hash());
  }

  @Test
  void hashesThatLeadInACircleAreNotFollowed() {
    all(start);
    Hash one = Hash.of("0x" + "11".repeat(32));
    Hash other = Hash.of("0x" + "22".repeat(32));
    Block made = MadeBlocks.at(1_001, other, 0);
    Block circle =
        new Block(
            new Head(1_001, one, other, 0), made.header(), false, made.json(), Optional.empty());
    Block back =
        new Block(
            new Head(1_001, other, one, 0), made.header(), false, made.json(), Optional.empty());
    log.add(back);

    show("a", circle);

    assertThat(tip()).isEqualTo(start.hash());
  }

  @Test
  void keepsAtLeastSoManyBlocksAndThoseThatAreNotFinal() {
    Block at = start;
    for (int i = 0; i < 30; i++) {
      all(at);
      at = MadeBlocks.after(at);
    }
    assertThat(log.view().blocks()).hasSize(8);

    Head finalized = log.view().blocks().getFirst().head();
    log.claim("a", "a", Optional.of(finalized), Optional.of(finalized));
    log.claim("b", "b", Optional.of(finalized), Optional.of(finalized));
    for (int i = 0; i < 5; i++) {
      all(at);
      at = MadeBlocks.after(at);
    }

    assertThat(log.view().finalized()).contains(finalized);
    assertThat(log.view().bottomNumber()).isEqualTo(finalized.number());
    for (int i = 0; i < 20; i++) {
      all(at);
      at = MadeBlocks.after(at);
    }
    assertThat(log.view().blocks()).hasSize(16);
  }

  @Test
  void safeAndFinalizedStayInOrderAndDoNotGoBack() {
    List<Block> chain = new ArrayList<>(List.of(start));
    for (int i = 0; i < 7; i++) {
      all(chain.getLast());
      chain.add(MadeBlocks.after(chain.getLast()));
    }
    Head two = chain.get(2).head();
    Head three = chain.get(3).head();
    Head four = chain.get(4).head();

    log.claim("a", "a", Optional.of(four), Optional.of(three));
    log.claim("b", "b", Optional.of(four), Optional.of(three));
    assertThat(log.view().finalized()).contains(three);
    assertThat(log.view().safe()).contains(four);
    log.claim("a", "a", Optional.of(two), Optional.of(two));
    log.claim("b", "b", Optional.of(two), Optional.of(two));

    assertThat(log.view().finalized()).contains(three);
    assertThat(log.view().safe()).contains(three);
  }

  @Test
  void oneProviderDoesNotMakeABlockFinal() {
    all(start);
    Block next = MadeBlocks.after(start);
    all(next);

    log.claim("a", "a", Optional.empty(), Optional.of(start.head()));
    log.claim("b", "b", Optional.empty(), Optional.of(start.head()));
    log.claim("c", "c", Optional.empty(), Optional.of(next.head()));

    assertThat(log.view().finalized()).contains(start.head());
  }

  @Test
  void aMajorityDoesNotUndoWhatIsFinal() {
    Block one = MadeBlocks.after(start, 1);
    all(start);
    all(one);
    log.claim("a", "a", Optional.empty(), Optional.of(one.head()));
    log.claim("b", "b", Optional.empty(), Optional.of(one.head()));
    Block other = MadeBlocks.after(start, 2);

    show("a", other);
    show("b", other);
    assertThat(tip()).isEqualTo(one.hash());
    show("c", other);

    assertThat(tip()).isEqualTo(other.hash());
    assertThat(log.view().finalized()).isEmpty();
  }

  @Test
  void fillsTheRingDownwards() {
    Block child = MadeBlocks.after(start);
    all(child);

    assertThat(log.wantedBelow()).contains(start.hash());
    assertThat(log.extendDown(MadeBlocks.at(1_000, Hash.ZERO, 7))).isFalse();
    assertThat(log.extendDown(start)).isTrue();

    assertThat(log.view().bottomNumber()).isEqualTo(1_000);
    assertThat(tip()).isEqualTo(child.hash());
  }
}

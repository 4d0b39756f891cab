package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a provider for its head when the next block is due, see {@link Pace}, and shows what it sees
 * to the chain log. Where there are enough providers to tell who is right, a new head counts once
 * it was compared with the others', see {@link Branches}.
 */
final class HeadPoll {

  private static final RawJson LATEST = RawJson.of("[\"latest\",false]");

  /** How long to wait for the others to name a block. */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** On such networks the newest block changes until it is complete: nothing to compare. */
  private static final String UNSTEADY_HEADS = "pre-confirmed";

  private final Provider provider;
  private final Inquiry inquiry;
  private final ChainProof proof;
  private final HeadNews news;
  private final Syncing syncing;
  private final Pace pace;
  private final Sightings sightings;
  private final @Nullable Comparison comparison;
  private final int unsteadyBlocks;
  private final boolean asksForLatest;
  private final boolean mayAskForLatest;
  private final BooleanSupplier isToldOf;
  private final Awaited awaited = new Awaited();
  private long shown = -1;

  /** The head that another provider was last said to show. */
  private long othersHead = -1;

  /** Whether the block may have been replaced by another one at the same height. */
  private boolean isSuspect;

  private @Nullable Hash shownHash;

  /**
   * @param isToldOf whether others tell of new blocks now, so that looking for them can be rare
   */
  HeadPoll(
      Provider provider,
      Network network,
      Inquiry inquiry,
      ChainProof proof,
      HeadNews news,
      Pace pace,
      Sightings sightings,
      Branches branches,
      BooleanSupplier isToldOf) {
    this.provider = provider;
    this.inquiry = inquiry;
    this.proof = proof;
    this.news = news;
    this.pace = pace;
    this.sightings = sightings;
    syncing = new Syncing(inquiry, provider);
    boolean unsteady = network.quirks().contains(UNSTEADY_HEADS);
    unsteadyBlocks = unsteady ? 1 : 0;
    mayAskForLatest = !unsteady && !sightings.equals(Sightings.IGNORED);
    asksForLatest = Pace.isFast(network) && mayAskForLatest;
    this.isToldOf = isToldOf;
    comparison = unsteady ? null : new Comparison(branches, network.chainId(), provider);
  }

  /** There may be a newer head: look soon, unless this one does not answer anyway. */
  void nudge() {
    nudge(this::poll);
  }

  /** Another provider shows this head: look soon, unless this one has shown it by then. */
  void nudge(long head) {
    othersHead = head;
    if (provider.head() < head) {
      nudge(() -> {
        if (provider.head() < head) {
          poll();
        } else {
          pollWhenDue();
        }
      });
    }
  }

  private void nudge(Runnable action) {
    if (inquiry.answersWell() && isWilling() && !sightings.isIdle()) {
      inquiry.later(pace.untilNudgedNanos(inquiry.sinceNanos()), action);
    }
  }

  /** A socket tells of a new block: look at once, or once the question under way is answered. */
  void hint(Hash block) {
    boolean listens = inquiry.answersWell() && !sightings.isIdle();
    if (listens && awaited.tells(block) && isWilling()) {
      inquiry.later(untilAwaitedNanos(), this::poll);
    }
  }

  /** An answer was of another branch: look soon at the block itself, even if its number stays. */
  void suspect() {
    isSuspect = true;
    nudge();
  }

  /** Somebody asks about the network after a while: perhaps it answers again. */
  void wake() {
    if (isWilling()) {
      inquiry.later(0, this::poll);
    }
  }

  private boolean isWilling() {
    return !proof.isFenced() && inquiry.isFree() && provider.quietNanos() == 0;
  }

  void poll() {
    long quiet = provider.quietNanos();
    if (quiet > 0) {
      inquiry.later(quiet, this::poll); // it asked to be left alone
    } else if (isDoubtful() || proof.isDue()) {
      proof.check();
    } else {
      askHead();
    }
  }

  /** Whether it was away, as seen here or by clients' calls, so that another may answer now. */
  private boolean isDoubtful() {
    return inquiry.wasAway() || !provider.isHeadCertain();
  }

  /** It is the right chain. */
  void proven() {
    syncing.due();
    askHead();
  }

  /** Its head is followed although its chain could not be proven again. */
  void unproven() {
    inquiry.retry(inquiry.wasAway() ? this::poll : this::askHead);
  }

  private void askHead() {
    boolean isAwaited = awaited.asks();
    if ((asksForLatest || (isAwaited && mayAskForLatest)) && !sightings.isIdle()) {
      inquiry.ask(
          "eth_getBlockByNumber",
          LATEST,
          this::toldLatest,
          _ -> {
            if (inquiry.wasAway()) {
              inquiry.retry(this::poll);
            } else {
              askNumber();
            }
          });
    } else {
      askNumber();
    }
  }

  /** Each look shows another block: no use in asking for its number before. */
  private void toldLatest(RawJson block) {
    Optional<Link> link = Link.read(block);
    if (link.isEmpty()) {
      inquiry.retry(this::poll);
      return;
    }
    inquiry.answered();
    isSuspect = false;
    long head = link.get().number();
    boolean compares = comparison != null && news.isComparable() && comparison.isDue(head);
    boolean isNew = !link.get().hash().equals(shownHash);
    shows(link.get().hash());
    if (compares || isNew) {
      saw(head, compares, head, block);
    } else {
      sightings.stillSees(provider);
      believe(head);
    }
  }

  private void askNumber() {
    inquiry.ask("eth_blockNumber", RawJson.ABSENT, this::toldHead, _ -> inquiry.retry(this::poll));
  }

  private void toldHead(RawJson result) {
    long head = Hex.quantity(result.bytes(), result.from() + 1, result.to() - 1);
    if (head < 0) {
      inquiry.retry(this::poll);
      return;
    }
    inquiry.answered();
    if (sightings.isIdle()) {
      believe(head);
      return;
    }
    boolean compares = comparison != null && news.isComparable() && comparison.isDue(head);
    if (compares || head != shown || isSuspect) {
      isSuspect = false;
      look(head, compares);
    } else {
      awaited.showsNothingNew();
      sightings.stillSees(provider);
      believe(head);
    }
  }

  /** Looks at the newest block, or at the newest one that does not change any more. */
  private void look(long head, boolean compares) {
    long number = Math.max(0, head - unsteadyBlocks);
    askBlock(number, block -> saw(head, compares, number, block), () -> believe(head));
  }

  private void saw(long head, boolean compares, long number, RawJson block) {
    show(head, number, block);
    if (compares && comparison != null) {
      compare(comparison, head, number, block);
    } else {
      believe(head);
    }
  }

  private void show(long head, long number, RawJson json) {
    if (json.isNull()) {
      awaited.showsNothingNew();
      return; // it has the number already, but not the block: look again
    }
    shown = head;
    Block.read(json)
        .filter(block -> block.number() == number)
        .ifPresentOrElse(
            block -> {
              shows(block.hash());
              sightings.saw(provider, block);
            },
            () -> sightings.sawNothing(provider));
  }

  private void shows(Hash newest) {
    if (newest.equals(shownHash)) {
      awaited.showsNothingNew();
    } else {
      shownHash = newest;
      awaited.shows(newest);
    }
  }

  private void compare(Comparison with, long head, long number, RawJson block) {
    long agreed = news.agreedHead();
    switch (with.saw(Link.read(block), number, agreed)) {
      case BELIEVE -> {
        with.believed(head);
        believe(head);
      }
      case COMPARE_AT_AGREED ->
          askBlock(agreed, older -> compare(with, head, agreed, older), () -> believe(head));
      case WAIT -> inquiry.later(WAIT_NANOS, this::poll);
    }
  }

  private void askBlock(long number, Consumer<RawJson> then, Runnable otherwise) {
    inquiry.ask(
        "eth_getBlockByNumber",
        RawJson.of("[\"" + Hex.quantity(number) + "\",false]"),
        then,
        _ -> otherwise.run());
  }

  private void believe(long head) {
    long before = provider.head();
    news.learn(syncing.limit(head));
    if (news.isSuspicious(before, provider.head())) {
      if (!proof.checkSoon()) {
        pollWhenDue();
      }
    } else if (syncing.isDue()) {
      syncing.ask(this::askedSyncing);
    } else {
      pollWhenDue();
    }
  }

  private void askedSyncing() {
    if (syncing.isBehind()) {
      proof.recheck();
    }
    pollWhenDue();
  }

  private void pollWhenDue() {
    inquiry.later(untilDueNanos(), this::poll);
  }

  private long untilDueNanos() {
    if (sightings.isIdle()) {
      return pace.idleNanos();
    }
    if (awaited.isSoon()) {
      return untilAwaitedNanos();
    }
    boolean isBehind = news.lag() > 0;
    return isToldOf.getAsBoolean() && !expectsNews()
        ? pace.untilMissedNanos(provider.headAgeNanos(), isBehind)
        : pace.untilNextNanos(provider.headAgeNanos(), isBehind);
  }

  private long untilAwaitedNanos() {
    return pace.untilHintedNanos(inquiry.sinceNanos(), awaited.vainLooks());
  }

  /** Whether there is a newer block elsewhere, of which no socket may tell once more. */
  private boolean expectsNews() {
    return awaited.isAny() || provider.head() < othersHead;
  }
}

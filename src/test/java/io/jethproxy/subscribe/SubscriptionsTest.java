package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Line;
import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SubscriptionsTest {

  private static final byte[] ADDRESS = new byte[20];

  private final Listening listening = new Listening();
  private final FakeLine line = new FakeLine();

  private static List<List<Log>> log(int data) {
    return List.of(List.of(new Log(ADDRESS, List.of(), new byte[] {(byte) data})));
  }

  private static List<String> hashes(List<JsonNode> heads) {
    return heads.stream().map(head -> head.path("hash").asString()).toList();
  }

  private static List<String> data(List<JsonNode> logs) {
    return logs.stream()
        .map(log -> (log.path("removed").asBoolean() ? "-" : "") + log.path("data").asString())
        .toList();
  }

  // Heads.

  @Test
  void tellsEachNewHeadInOrder() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"newHeads\"]");

    Block first = listening.chain.mine();
    Block second = listening.chain.mine();
    listening.settle();

    assertThat(hashes(line.take(id)))
        .containsExactly(first.hash().toString(), second.hash().toString());
    assertThat(listening.asked).isEmpty();
  }

  @Test
  void tellsAllBlocksOfANewBranchAndNothingOfTheOldOne() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"newHeads\"]");
    listening.chain.mine();
    listening.chain.mine();
    listening.settle();
    line.take(id);

    listening.chain.reorganise(7, 1, List.of());
    listening.settle();

    assertThat(hashes(line.take(id)))
        .containsExactlyElementsOf(
            listening.canonical.tailMap(8L).values().stream()
                .map(block -> block.hash().toString())
                .toList())
        .hasSize(3);
  }

  @Test
  void leavesOutOfAHeadWhatIsNotOfTheHeader() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"newHeads\"]");

    listening.chain.mine();
    listening.settle();

    assertThat(line.take(id).getFirst().propertyNames())
        .contains("number", "hash", "parentHash")
        .doesNotContain("transactions");
  }

  @Test
  void tellsNothingBeforeTheIdIsOnTheWireAndLosesNothing() {
    listening.chain.first(7);
    CompletableFuture<Outcome> answer = listening.begin(line, 0, "eth_subscribe", "[\"newHeads\"]");
    Block first = listening.chain.mine();
    listening.settle();
    assertThat(line.size()).isZero();

    listening.loops.on(listening.loops.get(0), line::answer);
    Block second = listening.chain.mine();
    listening.settle();

    assertThat(hashes(line.take(Polling.text(answer.join()))))
        .containsExactly(first.hash().toString(), second.hash().toString());
  }

  // Logs.

  @Test
  void tellsTheLogsOfABlockOnceItsReceiptsAreThere() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"logs\",{}]");
    Block block = listening.chain.mine(log(1));
    listening.settle();
    assertThat(line.size()).isZero();

    listening.chain.keepReceipts(block);
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("0x01");
    assertThat(listening.asked).isEmpty();
  }

  @Test
  void takesBackInReverseOrderWhatItToldOfOrphanedBlocks() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"logs\",{}]");
    listening.chain.mine(log(1));
    listening.chain.mine(log(2));
    listening.chain.keepReceipts();
    listening.settle();
    line.take(id);

    listening.chain.reorganise(7, 1, log(3));
    listening.chain.keepReceipts();
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("-0x02", "-0x01", "0x03");
  }

  @Test
  void takesNothingBackThatItNeverTold() {
    listening.chain.first(7);
    listening.chain.mine(log(1));
    listening.chain.keepReceipts();
    String id = listening.subscribe(line, "[\"logs\",{}]");

    listening.chain.reorganise(7, 1, log(2));
    listening.chain.keepReceipts();
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("0x02");
  }

  @Test
  void waitsInOrderForABlockWhoseLogsNobodyHas() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"logs\",{}]");
    listening.provider = _ -> _ -> Listening.OUT;
    listening.chain.mine(log(1));
    Block second = listening.chain.mine(log(2));
    listening.chain.keepReceipts(second);
    listening.pass(Duration.ofSeconds(5));
    assertThat(line.size()).isZero();

    listening.provider = _ -> honest -> honest;
    listening.pass(Duration.ofSeconds(5));

    assertThat(data(line.take(id))).containsExactly("0x01", "0x02");
  }

  @Test
  void asksOnceForAllWhoListenWhenReceiptsDoNotCome() {
    listening.chain.first(7);
    List<FakeLine> lines = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lines.add(new FakeLine());
      ids.add(Polling.text(listening.ask(lines.get(i), i % 2, "eth_subscribe", "[\"logs\",{}]")));
    }
    listening.chain.mine(log(1));
    listening.pass(Duration.ofSeconds(2));

    for (int i = 0; i < 10; i++) {
      assertThat(data(lines.get(i).take(ids.get(i)))).containsExactly("0x01");
    }
    assertThat(listening.asked).containsExactly("eth_getLogs");
    assertThat(listening.booked).hasSize(1);
  }

  @Test
  void saysThatLogsWaitAlsoForOneWhoWaitsAlone() {
    listening.chain.first(7);
    listening.chain.mine(log(1));
    listening.chain.mine(log(2));
    assertThat(listening.stage().numbers()).isEmpty();
    listening.provider = _ -> _ -> Listening.OUT;
    String id = listening.subscribe(line, "[\"logs\",{\"fromBlock\":\"0x8\"}]");
    listening.settle();

    assertThat(listening.stage().numbers()).allMatch(Numbers::isWaiting);

    listening.provider = _ -> honest -> honest;
    listening.pass(Duration.ofSeconds(5));
    assertThat(data(line.take(id))).containsExactly("0x01", "0x02");
    assertThat(listening.stage().numbers()).noneMatch(Numbers::isWaiting);
  }

  @Test
  void logsWaitForNobodyWhenHeWhoWaitedAloneHasGone() {
    listening.chain.first(7);
    listening.chain.mine(log(1));
    listening.provider = _ -> _ -> Listening.OUT;
    listening.subscribe(line, "[\"logs\",{\"fromBlock\":\"0x8\"}]");
    listening.settle();
    assertThat(listening.stage().numbers()).allMatch(Numbers::isWaiting);

    listening.end(line, 0);
    listening.settle();

    assertThat(listening.stage().numbers()).noneMatch(Numbers::isWaiting);
  }

  @Test
  void logsWaitForNobodyWhenTheFeedHasGoneBackToWhereHeStands() {
    listening.chain.first(7);
    Block eighth = listening.chain.mine();
    Block ninth = listening.chain.mine(log(1));
    listening.provider = _ -> _ -> Listening.OUT;
    FakeLine other = new FakeLine();
    listening.subscribe(other, "[\"logs\",{\"address\":\"0x" + "9".repeat(40) + "\"}]");
    String id =
        listening.subscribe(
            line, "[\"logs\",{\"resume\":{\"blockHash\":\"" + eighth.hash() + "\"}}]");
    listening.settle();
    assertThat(listening.stage().numbers()).allMatch(Numbers::isWaiting);

    listening.chain.reorganise(ninth.number() - 1, 1, number -> log((int) number));
    listening.pass(Duration.ofSeconds(10));
    listening.chain.keepReceipts();
    listening.pass(Duration.ofSeconds(10));

    assertThat(data(line.take(id))).containsExactly("0x09", "0x0a");
    assertThat(listening.stage().numbers()).noneMatch(Numbers::isWaiting);
  }

  // How long it takes.

  private Numbers.FanOut fanOut(String kind) {
    return listening.stage().numbers().getFirst().fanOuts().stream()
        .filter(each -> each.kind().equals(kind))
        .findAny()
        .orElseThrow();
  }

  private static long blocks(Numbers.FanOut fanOut) {
    return fanOut.counts().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void countsFromABlocksArrivalUntilAllLoopsHaveToldTheirs() {
    listening.chain.first(7);
    listening.subscribe(line, "[\"newHeads\"]");
    FakeLine other = new FakeLine();
    Polling.text(listening.ask(other, 1, "eth_subscribe", "[\"newHeads\"]"));
    listening.chain.mine();
    assertThat(blocks(fanOut("newHeads"))).isZero();
    listening.ticker.advanceMillis(70);
    listening.settle();

    Numbers.FanOut once = fanOut("newHeads");
    assertThat(blocks(once)).isEqualTo(1);
    assertThat(once.lastNanos()).isEqualTo(70_000_000);
    assertThat(once.counts().get(once.boundsNanos().indexOf(80_000_000L))).isEqualTo(1);
    assertThat(blocks(fanOut("logs"))).isZero();
  }

  @Test
  void countsEachBlockWhenSeveralAreToldAtOnce() {
    listening.chain.first(7);
    listening.subscribe(line, "[\"newHeads\"]");
    listening.chain.mine();
    listening.ticker.advanceMillis(10);
    listening.chain.mine();
    listening.ticker.advanceMillis(20);
    listening.settle();

    Numbers.FanOut heads = fanOut("newHeads");
    assertThat(blocks(heads)).isEqualTo(2);
    assertThat(heads.sumNanos()).isEqualTo(50_000_000);
  }

  @Test
  void countsTheWaitForTheLogsOfABlockAndOnlyBlocksThatWereToldOf() {
    listening.chain.first(7);
    listening.subscribe(line, "[\"logs\",{}]");
    listening.chain.keepReceipts(listening.chain.mine());
    listening.settle();
    assertThat(blocks(fanOut("logs"))).isZero();
    Block block = listening.chain.mine(log(1));
    listening.settle();
    listening.ticker.advanceMillis(300);
    listening.chain.keepReceipts(block);
    listening.settle();

    Numbers.FanOut logs = fanOut("logs");
    assertThat(blocks(logs)).isEqualTo(1);
    assertThat(logs.sumNanos()).isEqualTo(300_000_000);
    assertThat(logs.worstNanos()).isEqualTo(300_000_000);
  }

  // From where on.

  @Test
  void replaysLogsFromABlockThatIsKept() {
    listening.chain.first(7);
    listening.chain.mine(log(1));
    listening.chain.mine(log(2));
    listening.chain.keepReceipts();

    String id = listening.subscribe(line, "[\"logs\",{\"fromBlock\":\"0x8\"}]");
    listening.chain.mine(log(3));
    listening.chain.keepReceipts();
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("0x01", "0x02", "0x03");
  }

  @Test
  void goesOnAfterTheLogWhereItsClientWasCutOff() {
    listening.chain.first(7);
    Block block =
        listening.chain.mine(
            List.of(
                List.of(
                    new Log(ADDRESS, List.of(), new byte[] {1}),
                    new Log(ADDRESS, List.of(), new byte[] {2}))));
    listening.chain.mine(log(3));
    listening.chain.keepReceipts();

    String id =
        listening.subscribe(
            line,
            "[\"logs\",{\"resume\":{\"blockHash\":\""
                + block.hash()
                + "\",\"logIndex\":\"0x0\"}}]");
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("0x02", "0x03");
  }

  @Test
  void takesBackAfterAReconnectWhatWasOrphanedMeanwhile() {
    listening.chain.first(7);
    Block block = listening.chain.mine(log(1));
    listening.chain.keepReceipts();
    listening.chain.reorganise(7, 1, log(2));
    listening.chain.keepReceipts();

    String id =
        listening.subscribe(
            line, "[\"logs\",{\"resume\":{\"blockHash\":\"" + block.hash() + "\"}}]");
    listening.settle();

    assertThat(data(line.take(id))).containsExactly("-0x01", "0x02");
  }

  private CompletableFuture<Outcome> resume(String blockHash) {
    return resume(line, blockHash);
  }

  private CompletableFuture<Outcome> resume(FakeLine line, String blockHash) {
    String params = "[\"logs\",{\"resume\":{\"blockHash\":\"" + blockHash + "\"}}]";
    return listening.begin(line, 0, "eth_subscribe", params);
  }

  /** Subscribed after a block that this replica comes to a second later. */
  private List<String> toldAfterLagging(Block ahead) {
    CompletableFuture<Outcome> answer = resume(ahead.hash().toString());
    listening.pass(Duration.ofSeconds(1));
    assertThat(answer).isNotDone();

    listening.chain.follow(ahead);
    listening.pass(Duration.ofSeconds(1));
    listening.loops.on(listening.loops.get(0), line::answer);
    listening.chain.mine(log(2));
    listening.chain.keepReceipts();
    listening.settle();
    return data(line.take(Polling.text(answer.join())));
  }

  @Test
  void waitsForABlockThatAnotherReplicaWasAtAlready() {
    listening.chain.first(7);
    Block ahead = listening.chain.next(log(1));
    listening.knowElsewhere(ahead);

    assertThat(toldAfterLagging(ahead)).containsExactly("0x02");
  }

  @Test
  void waitsForABlockThatItsProvidersDoNotHaveYet() {
    listening.chain.first(7);

    assertThat(toldAfterLagging(listening.chain.next(log(1)))).containsExactly("0x02");
  }

  /** This replica has started just now; its oldest block is the newest one. */
  private Block startedAfterTheReorganisation(Block... older) {
    LoggedChain elsewhere = new LoggedChain();
    older[0] = elsewhere.first(7);
    Block orphan = elsewhere.mine(log(1));
    Block tip = elsewhere.reorganise(7, 1, log(2));
    older[1] = elsewhere.view().block(8).orElseThrow();
    List.of(older[0], orphan, older[1]).forEach(listening::knowElsewhere);
    listening.chain.takeReceiptsOf(elsewhere);
    listening.chain.follow(tip);
    return orphan;
  }

  @Test
  void waitsUntilTheChainOfAYoungReplicaReachesDownToAnOrphanedBlock() {
    Block[] older = new Block[2];
    Block orphan = startedAfterTheReorganisation(older);

    CompletableFuture<Outcome> answer = resume(orphan.hash().toString());
    listening.pass(Duration.ofSeconds(1));
    assertThat(answer).isNotDone();

    listening.chain.growDown(older[1]);
    listening.chain.growDown(older[0]);
    listening.pass(Duration.ofSeconds(1));
    listening.loops.on(listening.loops.get(0), line::answer);
    listening.settle();
    assertThat(data(line.take(Polling.text(answer.join())))).containsExactly("-0x01", "0x02");
  }

  @Test
  void followsABranchOnThatAnotherClientHasOnlyBegunToLearn() {
    Block[] older = new Block[2];
    Block orphan = startedAfterTheReorganisation(older);
    FakeLine first = new FakeLine();
    resume(first, orphan.hash().toString());
    listening.pass(Duration.ofSeconds(1));

    CompletableFuture<Outcome> answer = resume(orphan.hash().toString());
    listening.chain.growDown(older[1]);
    listening.chain.growDown(older[0]);
    listening.pass(Duration.ofSeconds(1));
    listening.loops.on(listening.loops.get(0), line::answer);
    listening.settle();
    assertThat(data(line.take(Polling.text(answer.join())))).containsExactly("-0x01", "0x02");
  }

  // Ends.

  @Test
  void knowsOnlyTheIdsOfItsOwnLine() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"newHeads\"]");
    FakeLine other = new FakeLine();

    assertThat(
            Polling.json(listening.ask(other, "eth_unsubscribe", "[\"" + id + "\"]")).asBoolean())
        .isFalse();
    assertThat(Polling.json(listening.ask(line, "eth_unsubscribe", "[\"" + id + "\"]")).asBoolean())
        .isTrue();
    assertThat(Polling.json(listening.ask(line, "eth_unsubscribe", "[\"" + id + "\"]")).asBoolean())
        .isFalse();
    listening.chain.mine();
    listening.settle();
    assertThat(line.size()).isZero();
  }

  @Test
  void leavesNothingAtALineOnWhichClientsSubscribeAndEndItAgainAndAgain() {
    listening.chain.first(7);
    for (int i = 0; i < 50; i++) {
      String id = listening.subscribe(line, "[\"newHeads\"]");
      listening.ask(line, "eth_unsubscribe", "[\"" + id + "\"]");
    }

    assertThat(line.waiters()).isEqualTo(1);
    assertThat(listening.stage().open()).isZero();
  }

  @Test
  void keepsNothingForALineThatEndedBeforeTheAnswer() {
    listening.chain.first(7);
    listening.end(line, 0);

    Outcome outcome = listening.ask(line, "eth_subscribe", "[\"newHeads\"]");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(listening.stage().open()).isZero();
    assertThat(listening.stage().lines()).isZero();
  }

  @Test
  void endsTheLineWithThePlaceToGoOnFromWhenTheChainIsLost() {
    listening.chain.first(7);
    listening.subscribe(line, "[\"newHeads\"]");

    listening.chain.first(10_000);
    listening.settle();

    assertThat(line.ended()).contains(Line.End.LOST);
    assertThat(line.reason()).contains("block 0x7 0x").hasSizeLessThanOrEqualTo(123);
  }

  // What is refused.

  private static int code(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var refusal) ? refusal.kind().code() : 0;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[\"newBlocks\"]",
        "[\"newHeads\",{\"address\":\"0x1\"}]",
        "[\"newHeads\",{\"fromBlock\":7}]",
        "[\"logs\",{\"address\":\"0x1\"}]",
        "[\"logs\",{\"fromBlock\":\"0xa\",\"toBlock\":\"0x9\"}]",
        "[\"logs\",{\"fromBlock\":\"pending\"}]",
        "[\"logs\",{\"resume\":{}}]",
        "[\"logs\",{\"resume\":{\"blockHash\":\"0x1\"}}]",
        "[\"newPendingTransactions\",\"yes\"]"
      })
  void refusesWhatItDoesNotUnderstand(String params) {
    listening.chain.first(7);

    assertThat(code(listening.ask(line, "eth_subscribe", params))).isEqualTo(-32602);
  }

  @Test
  void refusesToBeginWhereItCannotFollow() {
    listening.chain.first(5_000);

    assertThat(code(listening.ask(line, "eth_subscribe", "[\"logs\",{\"fromBlock\":\"0x1\"}]")))
        .isEqualTo(-32602);
    assertThat(code(listening.ask(line, "eth_subscribe", "[\"newHeads\",{\"fromBlock\":\"0x1\"}]")))
        .isEqualTo(-32602);
  }

  @Test
  void refusesToResumeAfterABlockThatNobodyKnows() {
    listening.chain.first(7);

    CompletableFuture<Outcome> answer = resume("0x" + "1".repeat(64));
    listening.pass(Duration.ofSeconds(5));
    Outcome outcome = answer.join();

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).refusal().reason()).isEqualTo("resume_unknown");
    assertThat(((Outcome.Refused) outcome).refusal().message()).contains("fromBlock");
  }

  @Test
  void namesTheLogToGoOnFromWhereABlockIsNotToldWhole() {
    listening.chain.first(7);
    Block block = listening.chain.mine(log(1));
    String resume = "{\"resume\":{\"blockHash\":\"" + block.hash() + "\",\"logIndex\":\"0x0\"}}";
    listening.ask(line, "eth_subscribe", "[\"newHeads\"]");
    listening.begin(line, 0, "eth_subscribe", "[\"logs\"," + resume + "]");

    assertThat(line.position()).isEqualTo("block 0x8 " + block.hash() + " log 0x0");
  }

  @Test
  void keepsNoMoreThanALineMayHave() {
    Listening small = new Listening(new Subscriptions.Config(2, 3, 1 << 20, 100, Duration.ZERO), 1);
    small.chain.first(7);
    FakeLine other = new FakeLine();
    String id = small.subscribe(line, "[\"newHeads\"]");
    small.subscribe(line, "[\"newHeads\"]");

    assertThat(code(small.ask(line, "eth_subscribe", "[\"newHeads\"]"))).isEqualTo(-32005);
    small.subscribe(other, "[\"newHeads\"]");
    assertThat(code(small.ask(other, "eth_subscribe", "[\"newHeads\"]"))).isEqualTo(-32005);
    small.ask(line, "eth_unsubscribe", "[\"" + id + "\"]");
    small.subscribe(other, "[\"newHeads\"]");
  }

  // Old logs.

  @Test
  void replaysLogsOlderThanThoseKeptAsTheLineHasRoomAndGoesOnLive() {
    listening.chain.first(7);
    for (int i = 0; i < 300; i++) {
      listening.chain.mine(log(i));
    }
    listening.chain.keepReceipts();
    line.isNarrow = true;
    String id = listening.subscribe(line, "[\"logs\",{\"fromBlock\":\"0x8\"}]");
    assertThat(line.size()).isLessThan(300);

    for (int i = 0; i < 10; i++) {
      line.makeRoom();
      listening.settle();
    }
    listening.chain.keepReceipts(listening.chain.mine(log(300)));
    listening.pass(Duration.ofSeconds(1));
    line.makeRoom();
    listening.settle();

    List<String> expected = new ArrayList<>();
    for (int i = 0; i <= 300; i++) {
      expected.add("0x%02x".formatted((byte) i));
    }
    assertThat(data(line.take(id))).isEqualTo(expected);
  }

  @Test
  void asksForTheOldLogsOfAFewSubscriptionsOfALineAtATime() {
    listening.chain.first(7);
    for (int i = 0; i < 300; i++) {
      listening.chain.mine(log(i));
    }
    listening.chain.keepReceipts();
    listening.isHoldingBack = true;
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ids.add(listening.subscribe(line, "[\"logs\",{\"fromBlock\":\"0x8\"}]"));
    }
    listening.settle();
    assertThat(listening.asked).hasSize(LineLookups.AT_ONCE_MAX);
    listening.ask(line, "eth_unsubscribe", "[\"" + ids.removeLast() + "\"]");

    listening.letGo();

    ids.forEach(id -> assertThat(line.take(id)).hasSize(300));
  }

  @Test
  void goesOnFarBelowTheBlocksThatAreKeptHoweverLongAllOfItTakes() {
    listening.chain.first(7);
    while (listening.chain.view().tipNumber() < 200) {
      listening.chain.mine();
    }
    Block last = listening.chain.view().tip().orElseThrow();
    while (listening.chain.view().bottomNumber() < last.number() + HeadCursor.BELOW_MAX) {
      listening.chain.mine();
    }
    String resume = "[\"newHeads\",{\"resume\":{\"blockHash\":\"" + last.hash() + "\"}}]";
    listening.latencyMillis = 500;

    String id = listening.subscribe(line, resume);
    listening.pass(Duration.ofSeconds(30));

    assertThat(line.ended()).isEmpty();
    assertThat(line.take(id))
        .extracting(head -> head.path("number").asString())
        .containsExactlyElementsOf(
            listening.canonical.tailMap(last.number(), false).keySet().stream()
                .map(Listening::quantity)
                .toList());
  }

  @Test
  void givesEachQuestionItsOwnTimeFromItsTurnOn() {
    listening.chain.first(7);
    for (int i = 0; i < 400; i++) {
      listening.chain.mine();
    }
    long number = listening.chain.view().bottomNumber() - 100;
    String from = Listening.quantity(number);
    listening.latencyMillis = 4_000;

    listening.subscribe(line, "[\"newHeads\",{\"fromBlock\":\"" + from + "\"}]");
    listening.pass(Duration.ofSeconds(30));

    assertThat(line.size()).isEqualTo(listening.chain.view().tipNumber() - number + 1);
    assertThat(listening.booked.stream().skip(1))
        .extracting(call -> call.deadline().atNanos() - call.journal().startNanos())
        .containsOnly(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void givesBackThePlacesOfQuestionsThatEndInADefect() {
    listening.chain.first(7);
    listening.provider =
        _ -> {
          throw new AssertionError("a defect");
        };
    resumeAtOnce(1, LineLookups.AT_ONCE_MAX);
    resumeAtOnce(Lookups.AT_ONCE_MAX, 1);
    List<CompletableFuture<Outcome>> ofTheLine = new ArrayList<>();
    for (int i = 0; i < LineLookups.AT_ONCE_MAX; i++) {
      ofTheLine.add(listening.begin(line, 0, "eth_subscribe", resumeAfter(i)));
    }
    assertThat(ofTheLine).allMatch(CompletableFuture::isCompletedExceptionally);
    listening.asked.clear();
    listening.provider = _ -> honest -> honest;

    var _ = listening.begin(line, 0, "eth_subscribe", resumeAfter(100));

    assertThat(listening.asked).containsExactly("eth_getBlockByHash");
  }

  // Many who come back at once.

  private static String resumeAfter(int block) {
    return "[\"newHeads\",{\"resume\":{\"blockHash\":\"%s\"}}]".formatted(new Hash(0, 0, 7, block));
  }

  private List<CompletableFuture<Outcome>> resumeAtOnce(int lines, int each) {
    List<CompletableFuture<Outcome>> answers = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      FakeLine client = new FakeLine();
      for (int j = 0; j < each; j++) {
        answers.add(listening.begin(client, i % 2, "eth_subscribe", resumeAfter(i * each + j)));
      }
    }
    listening.settle();
    return answers;
  }

  private static String reason(CompletableFuture<Outcome> answer) {
    return answer.join() instanceof Outcome.Refused(var refusal)
        ? refusal.kind().code() + " " + refusal.reason()
        : "answered";
  }

  @Test
  void asksForAFewOfALineAndABoundedNumberOfAllWhoComeBackAndTheOthersInTurn() {
    listening.chain.first(7);
    listening.isHoldingBack = true;
    List<CompletableFuture<Outcome>> one = resumeAtOnce(1, 20);
    assertThat(listening.asked).hasSize(LineLookups.AT_ONCE_MAX);

    List<CompletableFuture<Outcome>> all = resumeAtOnce(30, 20);
    assertThat(listening.asked).hasSize(Lookups.AT_ONCE_MAX);

    listening.letGo();
    assertThat(listening.asked).hasSize(31 * 20).containsOnly("eth_getBlockByHash");
    listening.pass(Duration.ofSeconds(5));
    all.addAll(one);
    assertThat(all).extracting(SubscriptionsTest::reason).containsOnly("-32014 resume_unknown");
  }

  @Test
  void tellsAClientThatTooManyComeBackWhenItsTurnDoesNotCome() {
    listening.chain.first(7);
    listening.isHoldingBack = true;
    List<CompletableFuture<Outcome>> answers = resumeAtOnce(1, LineLookups.AT_ONCE_MAX + 3);

    listening.pass(Duration.ofSeconds(11));

    assertThat(answers.stream().filter(CompletableFuture::isDone))
        .hasSize(3)
        .extracting(SubscriptionsTest::reason)
        .containsOnly("-32005 resuming");
    listening.letGo();
    listening.pass(Duration.ofSeconds(5));
    assertThat(listening.asked).hasSize(LineLookups.AT_ONCE_MAX);
    assertThat(listening.stage().open()).isZero();
  }

  @Test
  void turnsAwayAtOnceWhoeverWouldBeOneTooManyToWait() {
    listening.chain.first(7);
    listening.isHoldingBack = true;
    int each = LineLookups.AT_ONCE_MAX;
    int lines = (Lookups.AT_ONCE_MAX + Lookups.WAITING_MAX) / each;
    resumeAtOnce(lines, each);

    assertThat(resumeAtOnce(1, 1))
        .extracting(SubscriptionsTest::reason)
        .containsExactly("-32005 resuming");
  }

  @Test
  void countsThoseWhoseBeginningIsLookedForAsSubscriptions() {
    Listening few =
        new Listening(new Subscriptions.Config(2, 100, 64 << 20, 1_000, Duration.ofSeconds(1)), 1);
    few.chain.first(7);
    few.isHoldingBack = true;
    few.begin(line, 0, "eth_subscribe", resumeAfter(1));
    few.begin(line, 0, "eth_subscribe", resumeAfter(2));

    CompletableFuture<Outcome> third = few.begin(line, 0, "eth_subscribe", "[\"newHeads\"]");
    assertThat(reason(third)).isEqualTo("-32005 subscriptions");

    few.letGo();
    few.pass(Duration.ofSeconds(5));
    assertThat(few.stage().open()).isZero();
    few.subscribe(line, "[\"newHeads\"]");
    assertThat(few.stage().open()).isEqualTo(1);
  }

  @Test
  void asksNothingForALineThatHasEnded() {
    listening.chain.first(7);
    listening.isHoldingBack = true;
    List<CompletableFuture<Outcome>> answers = new ArrayList<>();
    for (int i = 0; i < LineLookups.AT_ONCE_MAX + 6; i++) {
      answers.add(listening.begin(line, 0, "eth_subscribe", resumeAfter(i)));
    }
    listening.end(line, 0);
    listening.letGo();
    listening.pass(Duration.ofSeconds(5));

    assertThat(listening.asked).hasSize(LineLookups.AT_ONCE_MAX);
    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(listening.stage().open()).isZero();
    assertThat(listening.ticker.pending()).isZero();
  }

  // Waiting transactions, and syncing.

  @Test
  void tellsOfEachWaitingTransactionOnce() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"newPendingTransactions\"]");
    Hash one = new Hash(0, 0, 0, 1);
    listening.pass(Duration.ofMillis(50));

    listening.stage().pendingSeen(1, one);
    listening.stage().pendingSeen(1, one);
    listening.pass(Duration.ofSeconds(2));

    assertThat(line.take(id).stream().map(JsonNode::asString)).containsExactly(one.toString());
    assertThat(listening.stage().isPendingWanted(1)).isTrue();
    listening.ask(line, "eth_unsubscribe", "[\"" + id + "\"]");
    listening.pass(Duration.ofSeconds(61));
    assertThat(listening.stage().isPendingWanted(1)).isFalse();
  }

  @Test
  void asksOnceForAWaitingTransactionThatManyWantWhole() {
    listening.chain.first(7);
    FakeLine other = new FakeLine();
    String id = listening.subscribe(line, "[\"newPendingTransactions\",true]");
    String same =
        Polling.text(listening.ask(other, 1, "eth_subscribe", "[\"newPendingTransactions\",true]"));
    listening.pass(Duration.ofMillis(50));

    listening.stage().pendingSeen(1, new Hash(0, 0, 0, 1));
    listening.pass(Duration.ofSeconds(1));

    assertThat(line.take(id)).hasSize(1).isEqualTo(other.take(same));
    assertThat(listening.asked).containsExactly("eth_getTransactionByHash");
  }

  @Test
  void saysWhetherTheNetworkCanBeUsed() {
    listening.chain.first(7);

    String id = listening.subscribe(line, "[\"syncing\"]");

    assertThat(line.take(id)).singleElement().matches(JsonNode::isBoolean);
  }

  @Test
  void keepsTheNetworkAwakeAndAsksForReceiptsWhileSomebodyListens() {
    listening.chain.first(7);
    String id = listening.subscribe(line, "[\"logs\",{}]");

    listening.pass(Duration.ofMinutes(2));
    assertThat(listening.attended).isBetween(5, 8);
    assertThat(listening.receiptsWanted).isBetween(6, 9);

    listening.ask(line, "eth_unsubscribe", "[\"" + id + "\"]");
    listening.pass(Duration.ofMinutes(2));
    assertThat(listening.attended).isLessThanOrEqualTo(8);
    assertThat(listening.ticker.pending()).isZero();
  }
}

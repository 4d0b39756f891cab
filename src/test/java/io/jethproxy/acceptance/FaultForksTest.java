package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Rows H5, H6, H7, H11 and P13: providers on different forks, reorganisations, and providers that
 * are wrong about what is final. Blocks are two seconds apart; the clock is turned by hand.
 */
class FaultForksTest {

  private static final long CHAIN = 137;
  private static final Duration BLOCK = Duration.ofSeconds(2);
  private static final String OTHER_BALANCE = "\"0xb\"";
  private static final String TRANSACTION = "0x" + "7".repeat(64);

  private FakeTicker ticker = new FakeTicker();
  private FaultBed bed = bed(3);

  private FaultBed bed(int providers) {
    return FaultBed.apart(providers, CHAIN).cached().ticker(ticker).start().awaitAll();
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  // H5.

  @Test
  void servesTheBranchOfTheMajorityAndNothingOfTheOther() {
    bed.u(1).world().forkFrom(996, "other");
    bed.u(1).on("eth_getBalance").answer(OTHER_BALANCE);
    bed.each(u -> u.world().head(1_001));
    bed.gateway.await(() -> bed.state(1).equals("forked"), "u1 is fenced");
    awaitServed(1_001);

    for (long number = 996; number <= 1_001; number++) {
      assertThat(blockAt(quantity(number)).path("hash").asString()).isEqualTo(truth(2, number));
      assertThat(balanceAt(quantity(number)).result().toString()).isEqualTo(FaultBed.BALANCE);
      assertIsUnknown(byHash(bed.u(1).world().hash(number)));
      assertIsUnknown(balanceIn(bed.u(1).world().hash(number)));
      assertThat(balanceIn(truth(2, number)).result().toString()).isEqualTo(FaultBed.BALANCE);
    }
    assertThat(blockAt("latest").path("hash").asString()).isEqualTo(truth(2, 1_001));
  }

  // H6.

  @Test
  void keepsTheLastAgreedHeadWhileTwoDisagreeAndGoesOnSoonAfter() {
    bed.close();
    ticker = new FakeTicker();
    bed = bed(2);
    String agreed = truth(1, 1_000);
    bed.u(2).world().forkFrom(1_001, "other");

    for (int i = 0; i < 6; i++) {
      bed.each(u -> u.world().mine());
      pass(BLOCK);
      assertThat(served()).isEqualTo(1_000);
      assertThat(blockAt("latest").path("hash").asString()).isEqualTo(agreed);
    }
    assertThat(bed.gateway.status()).contains("\"split\":true");
    assertThat(Scrape.of(bed.gateway).sum("jeth_chain_split")).isEqualTo(1);
    Answered newer = balanceAtWhileTimePasses("0x3ea");
    assertThat(newer.errorCode()).isEqualTo(-32014);
    assertIsUnknown(ask("eth_getBlockByNumber", "[\"0x3ea\",false]"));

    bed.u(2).world().forkFrom(1_001, "main").head(1_007);
    bed.u(1).world().head(1_007);
    pass(BLOCK.multipliedBy(2));

    assertThat(served()).isEqualTo(1_007);
    assertThat(blockAt("latest").path("hash").asString()).isEqualTo(truth(1, 1_007));
    assertThat(bed.gateway.status()).contains("\"split\":false");
    assertThat(Scrape.of(bed.gateway).sum("jeth_chain_split")).isZero();
  }

  @Test
  void takesNoPaddedBlockAndFollowsTheOthers() {
    String next = truth(1, 1_001);
    String padding = "\"padding\":\"" + "a".repeat(3 << 20) + "\",";
    bed.each(u -> u.world().head(1_001));
    String honest = direct(bed.u(1), "0x3e9");
    bed.u(1)
        .on("eth_getBlockByNumber")
        .when(FaultForksTest::isAboutTheHead)
        .answer("{" + padding + honest.substring(1));
    awaitServed(1_001);

    bed.gateway.await(
        () -> Scrape.of(bed.gateway).sum("jeth_chain_refused_blocks_total") > 0, "it is counted");
    assertThat(blockAt("latest").path("hash").asString()).isEqualTo(next);
    assertThat(blockAt("latest").has("padding")).isFalse();
  }

  // H7.

  @ParameterizedTest(name = "depth {0}, {1} ms apart")
  @CsvSource({"1, 1000", "2, 2000", "5, 3000", "20, 2000"})
  void showsNothingOfOrphanedBlocksSoonAfterAReorganisation(int depth, long apartMillis) {
    long first = 1_001L - depth;
    String orphan = truth(1, first);
    bed.gateway.await(() -> isKept(first - 1), "blocks down to the fork are kept");
    bed.each(u -> u.on("eth_getTransactionReceipt").answer(receipt(first, orphan)));
    for (long number = first; number <= 1_000; number++) {
      assertThat(balanceAt(quantity(number)).result().toString()).isEqualTo(FaultBed.BALANCE);
      blockAt(quantity(number));
    }
    assertThat(byHash(orphan).result().path("hash").asString()).isEqualTo(orphan);
    assertThat(receiptOf().path("blockHash").asString()).isEqualTo(orphan);

    for (int i = 1; i <= 3; i++) {
      reorganise(bed.u(i), first);
      assertThat(latestIsWhole()).isTrue();
      pass(Duration.ofMillis(apartMillis));
    }
    awaitServed(1_001);
    pass(BLOCK);

    for (long number = first; number <= 1_001; number++) {
      assertThat(blockAt(quantity(number)).path("hash").asString()).isEqualTo(truth(1, number));
      assertThat(balanceAt(quantity(number)).result().toString()).isEqualTo(OTHER_BALANCE);
    }
    assertIsUnknown(byHash(orphan));
    assertThat(receiptOf().path("blockHash").asString()).isEqualTo(truth(1, first));
  }

  @Test
  void findsOutThatTheHeadWasReplacedAtItsHeightAndBlamesNobody() {
    String orphan = truth(1, 1_000);
    bed.gateway.await(
        () -> blockAt("latest").path("hash").asString().equals(orphan), "the head is known");
    pass(BLOCK.multipliedBy(2));

    bed.each(u -> u.world().forkFrom(1_000, "other"));
    bed.each(u -> u.on("eth_getTransactionReceipt").answer(receipt(1_000, truth(1, 1_000))));
    for (int i = 0; i < 30; i++) {
      Answered early = ask("eth_getTransactionReceipt", "[\"" + TRANSACTION + "\"]");
      assertThat(early.errorCode()).as(early.text()).isEqualTo(-32014);
    }
    pass(Duration.ofMillis(500));

    assertThat(blockAt("latest").path("hash").asString()).isEqualTo(truth(1, 1_000));
    assertThat(receiptOf().path("blockHash").asString()).isEqualTo(truth(1, 1_000));
    for (int i = 1; i <= 3; i++) {
      assertThat(bed.state(i)).isEqualTo("healthy");
    }
  }

  /** Whether no provider is asked for a block. */
  private boolean isKept(long number) {
    String params = quantity(number);
    long before = asked(params);
    blockAt(params);
    return asked(params) == before;
  }

  private long asked(String params) {
    return bed.providers.stream()
        .flatMap(u -> u.asked("eth_getBlockByNumber").stream())
        .filter(each -> each.params().contains('"' + params + '"'))
        .count();
  }

  private static void reorganise(FakeProvider u, long first) {
    u.world().forkFrom(first, "other").head(1_001);
    u.forgetScript();
    u.on("eth_getBalance").answer(OTHER_BALANCE);
    u.on("eth_getTransactionReceipt").answer(receipt(first, u.world().hash(first)));
  }

  /** Whether the newest block and the one before are of one branch. */
  private boolean latestIsWhole() {
    JsonNode latest = blockAt("latest");
    JsonNode before = blockAt(quantity(number(latest) - 1));
    return before.path("hash").equals(latest.path("parentHash"))
        || !blockAt("latest").equals(latest); // the chain was turned meanwhile
  }

  // P13.

  @Test
  void neverServesNothingForATransactionOfABlockThatIsKnown() {
    mineTheTransaction();
    CompletableFuture<Answered> missing = askAsync("eth_getTransactionReceipt");
    bed.gateway.await(missing::isDone, "an error at the deadline");
    assertThat(missing.join().errorCode()).isEqualTo(-32014);
    assertThat(bed.asked("eth_getTransactionReceipt")).isBetween(6, 60);

    bed.u(3).on("eth_getTransactionReceipt").answer(receipt(1_001, truth(1, 1_001)));
    for (int i = 0; i < 5; i++) {
      assertThat(receiptOf().path("blockHash").asString()).isEqualTo(truth(1, 1_001));
    }
  }

  /** The newest block has the transaction, and everybody has shown it. */
  private void mineTheTransaction() {
    bed.each(u -> u.world().head(1_001));
    String block =
        direct(bed.u(1), "0x3e9")
            .replace("\"transactions\":[]", "\"transactions\":[\"" + TRANSACTION + "\"]");
    bed.each(u -> u.on("eth_getBlockByNumber").when(FaultForksTest::isAboutTheHead).answer(block));
    awaitServed(1_001);
    bed.gateway.await(
        () -> bed.provider(3).path("onChainUpTo").asLong() == 1_001, "the third has shown it, too");
    bed.each(FakeProvider::forgetAsked);
  }

  private CompletableFuture<Answered> askAsync(String method) {
    return bed.client().callAsync(method, "[\"" + TRANSACTION + "\"]");
  }

  @ParameterizedTest
  @CsvSource({"eth_getTransactionReceipt", "eth_getTransactionByHash"})
  void waitsForATransactionThatAProviderHasAMomentAfterItsBlock(String method) {
    mineTheTransaction();
    CompletableFuture<Answered> answer = askAsync(method);
    bed.gateway.awaitAtThisMoment(() -> bed.asked(method) > 0, "it is looked for");
    pass(Duration.ofMillis(700));
    boolean waits = !answer.isDone();
    int asked = bed.asked(method);

    bed.u(3)
        .on(method)
        .answer(
            method.endsWith("Receipt")
                ? receipt(1_001, truth(1, 1_001))
                : "{\"hash\":\"%s\",\"blockNumber\":\"0x3e9\",\"blockHash\":\"%s\"}"
                    .formatted(TRANSACTION, truth(1, 1_001)));
    bed.gateway.await(answer::isDone, "an answer");

    assertThat(waits).isTrue();
    assertThat(asked).isLessThanOrEqualTo(12);
    assertThat(answer.join().result().path("blockHash").asString()).isEqualTo(truth(1, 1_001));
  }

  @Test
  void asksOneThatIsBehindTheHeadButHasTheBlockOfTheTransaction() {
    mineTheTransaction();
    bed.u(3).on("eth_getTransactionReceipt").answer(receipt(1_001, truth(1, 1_001)));
    bed.u(1).world().head(1_002);
    bed.u(2).world().head(1_002);
    awaitServed(1_002);
    bed.gateway.await(() -> bed.provider(1).path("head").asLong() == 1_002, "u1 is ahead");
    bed.gateway.await(() -> bed.provider(2).path("head").asLong() == 1_002, "u2 is ahead");

    assertThat(receiptOf().path("blockHash").asString()).isEqualTo(truth(1, 1_001));
  }

  @Test
  void anUnknownTransactionIsNothingAtOnce() {
    mineTheTransaction();
    String other = "[\"" + TRANSACTION.replace('7', '8') + "\"]";

    assertThat(ask("eth_getTransactionReceipt", other).json().path("result").isNull()).isTrue();
    assertThat(ask("eth_getTransactionByHash", other).json().path("result").isNull()).isTrue();

    assertThat(bed.asked("eth_getTransactionReceipt")).isEqualTo(2);
    assertThat(bed.asked("eth_getTransactionByHash")).isEqualTo(2);
  }

  private static boolean isAboutTheHead(Asked asked) {
    return asked.params().contains("latest") || asked.params().contains("0x3e9");
  }

  private static String direct(FakeProvider u, String reference) {
    try (RpcClient client = new RpcClient(u.port())) {
      return client
          .call("eth_getBlockByNumber", "[\"%s\",false]".formatted(reference))
          .result()
          .toString();
    }
  }

  // H11.

  record Wrong(String name, Consumer<FaultBed> script) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Wrong> wrongFinality() {
    return Stream.of(
        new Wrong("one goes back", bed -> say(bed.u(1), "finalized", 500)),
        new Wrong("one is not safe", bed -> say(bed.u(1), "safe", 500)),
        new Wrong("one is above its head", bed -> say(bed.u(1), "finalized", 2_000)),
        new Wrong("one is safe above its head", bed -> say(bed.u(1), "safe", 2_000)),
        new Wrong("all go back", bed -> bed.each(u -> say(u, "finalized", 500))),
        new Wrong("all are not safe", bed -> bed.each(u -> say(u, "safe", 500))),
        new Wrong("all are above their head", bed -> bed.each(u -> say(u, "finalized", 2_000))));
  }

  /** From now on answers the tag with another block of its branch. */
  private static void say(FakeProvider u, String tag, long number) {
    try (FakeProvider ahead = FakeProvider.start(FakeWorld.ofChain(CHAIN).head(3_000));
        RpcClient client = new RpcClient(ahead.port())) {
      String params = "[\"%s\",false]".formatted(quantity(number));
      String block = client.call("eth_getBlockByNumber", params).result().toString();
      u.on("eth_getBlockByNumber")
          .when(asked -> asked.params().contains('"' + tag + '"'))
          .answer(block);
    }
  }

  @ParameterizedTest
  @MethodSource("wrongFinality")
  void keepsWhatIsFinalInOrderAndNeverTakesItBack(Wrong wrong) {
    bed.gateway.await(() -> finalized() == 936, "what is final is known");
    wrong.script().accept(bed);

    long finalized = 936;
    for (int i = 0; i < 6; i++) {
      bed.each(u -> u.world().head(u.world().head() + 3));
      pass(BLOCK);
      long shown = finalized();
      assertThat(shown).isGreaterThanOrEqualTo(finalized);
      finalized = shown;
      assertIsOrdered();
    }
    assertThat(blockAt("finalized").path("hash").asString()).isEqualTo(truth(2, finalized));
    if (wrong.name().startsWith("one")) {
      assertThat(finalized).isGreaterThan(936);
    }
  }

  /** What it means may not be known yet, and is waited for by the clock. */
  private long finalized() {
    String params = "[\"finalized\",false]";
    return number(whileTimePasses(bed.client().callAsync("eth_getBlockByNumber", params)).result());
  }

  private void assertIsOrdered() {
    String batch =
        Stream.of("finalized", "safe", "latest").map(FaultForksTest::item).toList().toString();
    List<Long> numbers =
        whileTimePasses(bed.client().postAsync("/", batch))
            .json()
            .valueStream()
            .map(each -> number(each.path("result")))
            .toList();
    assertThat(numbers).hasSize(3).isSorted();
  }

  private static String item(String tag) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\"%s\",false]}"
        .formatted(tag);
  }

  // What the tests share.

  private String truth(int provider, long number) {
    return bed.u(provider).world().hash(number);
  }

  private static String receipt(long number, String block) {
    return """
    {"transactionHash":"%s","transactionIndex":"0x0","blockNumber":"%s","blockHash":"%s",\
    "status":"0x1","type":"0x2","cumulativeGasUsed":"0x5208","gasUsed":"0x5208","logs":[]}\
    """
        .formatted(TRANSACTION, quantity(number), block);
  }

  private JsonNode receiptOf() {
    return ask("eth_getTransactionReceipt", "[\"" + TRANSACTION + "\"]").result();
  }

  /** Nothing, or that nothing is there; never another fork's. */
  private static void assertIsUnknown(Answered answered) {
    assertThat(answered.json().path("result").isObject()).as(answered.text()).isFalse();
    assertThat(answered.json().path("result").isString()).as(answered.text()).isFalse();
  }

  private void pass(Duration time) {
    long end = ticker.nanos() + time.toNanos();
    bed.gateway.await(() -> ticker.nanos() - end >= 0, "time passes");
  }

  private void awaitServed(long head) {
    bed.gateway.await(() -> served() == head, "the head is " + head);
  }

  private long served() {
    return Long.decode(ask("eth_blockNumber", "[]").result().asString());
  }

  private JsonNode blockAt(String reference) {
    Answered answered = ask("eth_getBlockByNumber", "[\"%s\",false]".formatted(reference));
    assertThat(answered.json().path("result").isObject()).as(answered.text()).isTrue();
    return answered.result();
  }

  private Answered byHash(String hash) {
    return ask("eth_getBlockByHash", "[\"%s\",false]".formatted(hash));
  }

  private Answered balanceAt(String reference) {
    return ask("eth_getBalance", "[\"%s\",\"%s\"]".formatted(FaultBed.ADDRESS, reference));
  }

  /** For an answer that the gateway waits for. */
  private Answered balanceAtWhileTimePasses(String reference) {
    return whileTimePasses(
        bed.client()
            .callAsync("eth_getBalance", "[\"%s\",\"%s\"]".formatted(FaultBed.ADDRESS, reference)));
  }

  private Answered whileTimePasses(CompletableFuture<Answered> answer) {
    bed.gateway.await(answer::isDone, "an answer");
    return answer.join();
  }

  private Answered balanceIn(String hash) {
    return ask(
        "eth_getBalance", "[\"%s\",{\"blockHash\":\"%s\"}]".formatted(FaultBed.ADDRESS, hash));
  }

  private Answered ask(String method, String params) {
    return bed.client().call(method, params);
  }

  private static long number(JsonNode block) {
    return Long.decode(block.path("number").asString());
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number).toLowerCase(Locale.ROOT);
  }
}

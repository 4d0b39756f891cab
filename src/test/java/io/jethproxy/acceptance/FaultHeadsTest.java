package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows H1 to H4, H8, H9, H12 and K3: providers whose heads differ, stand still, go back or cannot
 * be. Blocks are two seconds apart; the clock is turned by hand.
 */
class FaultHeadsTest {

  private static final long CHAIN = 137;
  private static final long MAINNET = 1;
  private static final Duration BLOCK = Duration.ofSeconds(2);
  private static final int MANY = 30;

  private FakeTicker ticker = new FakeTicker();
  private FaultBed bed = bed(3, CHAIN);

  private FaultBed bed(int providers, long chainId) {
    return FaultBed.apart(providers, chainId).ticker(ticker).start().awaitAll();
  }

  /** Another gateway instead, before fewer providers. */
  private void only(int providers, long chainId) {
    bed.close();
    ticker = new FakeTicker();
    bed = bed(providers, chainId);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  // H1, H8.

  @Test
  void asksOneThatLagsOnlyForWhatItHas() {
    mine(5, 2, 3);
    awaitServed(1_005);
    bed.u(1).forgetAsked();

    for (int i = 0; i < MANY; i++) {
      assertThat(served()).isEqualTo(1_005);
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
    assertThat(bed.u(1).count("eth_getBalance")).isZero();

    bed.gateway.await(
        () ->
            balanceAt("0x3e8").text().contains(FaultBed.BALANCE)
                && bed.u(1).count("eth_getBalance") > 0,
        "the one that lags is asked for what it has");
    for (int i = 0; i < MANY; i++) {
      assertThat(balanceAt("0x3e8").text()).contains(FaultBed.BALANCE);
      assertThat(balanceAt("0x3e9").text()).contains(FaultBed.BALANCE);
    }
    assertThat(bed.u(1).asked("eth_getBalance"))
        .allMatch(asked -> asked.params().contains(bed.u(1).world().hash(1_000)));
    assertThat(bed.state(1)).isEqualTo("healthy");
    assertThat(bed.provider(1).path("lagBlocks").asInt()).isEqualTo(5);
  }

  @Test
  void takesOneWhoseHeadWentBackForOneThatLags() {
    bed.u(1).world().head(900);
    bed.gateway.await(() -> bed.provider(1).path("head").asInt() == 900, "u1 has gone back");
    bed.u(1).forgetAsked();

    for (int i = 0; i < MANY; i++) {
      assertThat(served()).isEqualTo(1_000);
      assertThat(block("latest")).isEqualTo(1_000);
      assertThat(balanceAt("0x385").text()).contains(FaultBed.BALANCE);
    }
    assertThat(bed.u(1).count("eth_getBalance")).isZero();
    assertThat(bed.state(1)).isEqualTo("healthy");

    bed.u(1).world().head(1_000);
    bed.gateway.await(() -> bed.provider(1).path("lagBlocks").asInt() == 0, "u1 is back");
    bed.gateway.await(() -> isAskedForLatest(1), "u1 is asked for the latest state");
  }

  @Test
  void tellsNoHeadAtTheStartBeforeTheBlocksUpToItAreKnown() {
    bed.close();
    ticker = new FakeTicker();
    CountDownLatch blocks = new CountDownLatch(1);
    bed =
        FaultBed.apart(2, CHAIN)
            .ticker(ticker)
            .with(1, "network: " + CHAIN)
            .with(2, "network: " + CHAIN)
            .before(all -> all.forEach(each -> each.on("eth_getBlockByNumber").hold(blocks)))
            .notAwaitingReady()
            .start();
    bed.each(u -> u.awaitRequests("eth_getBlockByNumber", 1, Duration.ofSeconds(10)));

    CompletableFuture<Answered> head = bed.client().callAsync("eth_blockNumber", "[]");
    CompletableFuture<Answered> later = bed.client().callAsync("eth_chainId", "[]");
    later.join(); // the other came before it
    assertThat(head).isNotDone();
    blocks.countDown();

    assertThat(head.join().text()).contains("\"0x3e8\"");
    assertThat(served()).isEqualTo(1_000);
  }

  @Test
  void neverShowsAHeadBelowOneThatItShowedBefore() {
    long shown = 0;
    for (int i = 0; i < MANY; i++) {
      mine(1, 1 + i % 3, 1 + (i + 1) % 3);
      pass(BLOCK.dividedBy(4));

      for (int call = 0; call < 4; call++) {
        long head = served();
        assertThat(head).isGreaterThanOrEqualTo(shown);
        shown = head;
      }
    }
    assertThat(shown).isGreaterThan(1_010);
  }

  // H2, H3.

  @Test
  void asksOneThatStandsStillForNothingNewWithinThreeBlocks() {
    for (int i = 0; i < 3; i++) {
      mine(1, 2, 3);
      pass(BLOCK);
    }
    bed.u(1).forgetAsked();

    for (int i = 0; i < MANY; i++) {
      assertThat(served()).isEqualTo(1_003);
      assertThat(block("latest")).isEqualTo(1_003);
      assertThat(bed.balance().status()).isEqualTo(200);
    }
    assertThat(bed.u(1).count("eth_getBalance")).isZero();
    assertThat(bed.state(1)).isEqualTo("healthy");
    assertThat(bed.provider(1).path("lagBlocks").asInt()).isEqualTo(3);
  }

  @Test
  void isNotHeldBackByTheOtherOfTwoThatStandsStill() {
    only(2, CHAIN);

    for (int i = 0; i < 5; i++) {
      mine(1, 2);
      pass(BLOCK);
    }

    assertThat(served()).isEqualTo(1_005);
    assertThat(block("latest")).isEqualTo(1_005);
  }

  @Test
  void isNotHeldBackByTheOtherOfTwoThatDies() {
    only(2, MAINNET);
    bed.u(2).kill();
    mine(1, 1);

    pass(Duration.ofSeconds(5));
    assertThat(served()).isEqualTo(1_001);

    mine(1, 1);
    pass(Duration.ofSeconds(12));
    assertThat(served()).isEqualTo(1_002);
  }

  @Test
  void isNotHeldBackForLongByTheOtherOfTwoThatHangs() {
    only(2, MAINNET);
    bed.u(2).freeze();
    mine(1, 1);

    pass(Duration.ofSeconds(17));

    assertThat(served()).isEqualTo(1_001);
  }

  @Test
  void goesOnServingWhenTheChainStandsStillAndSaysForHowLong() {
    pass(BLOCK.multipliedBy(12));

    for (int i = 0; i < MANY; i++) {
      assertThat(served()).isEqualTo(1_000);
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
    assertThat(IntStream.rangeClosed(1, 3)).allMatch(i -> bed.state(i).equals("healthy"));
    assertThat(bed.client().get("/health").status()).isEqualTo(200);
    assertThat(bed.client().get("/ready").status()).isEqualTo(200);
    assertThat(bed.provider(1).path("headMillis").asLong()).isGreaterThan(20_000);

    mine(1, 1, 2, 3);
    pass(Duration.ofSeconds(5));
    assertThat(served()).isEqualTo(1_001);
  }

  // H4.

  @Test
  void everyBlockThatItShowsCanBeReadAlthoughOnlyOneProviderHasIt() {
    mine(1, 1);
    bed.gateway.await(() -> bed.provider(1).path("head").asInt() == 1_001, "u1 is ahead");

    long newest = 1_000;
    for (int i = 0; i < MANY; i++) {
      assertThat(served()).isBetween(newest, 1_001L);
      long latest = block("latest");
      newest = Math.max(newest, latest);
      String number = "0x%x".formatted(latest);
      assertThat(block(number)).isEqualTo(latest);
      assertThat(balanceAt(number).text()).contains(FaultBed.BALANCE);
      String range = "[{\"fromBlock\":\"%s\",\"toBlock\":\"%s\"}]".formatted(number, number);
      assertThat(bed.client().call("eth_getLogs", range).text()).contains("\"result\":[]");
    }
    assertThat(bed.u(2).asked()).noneMatch(asked -> asked.params().contains("0x3e9"));
  }

  // H9.

  @ParameterizedTest
  @ValueSource(
      strings = {"0x8000000000000000", "0xffffffffffffffff", "0xf4628", "0x1000000000000000000"})
  void doesNotBelieveAHeadThatCannotBe(String absurd) {
    bed.u(1).on("eth_blockNumber").answer('"' + absurd + '"');

    for (int i = 0; i < MANY; i++) {
      pass(BLOCK.dividedBy(10));
      assertThat(served()).isEqualTo(1_000);
      assertThat(block("latest")).isEqualTo(1_000);
    }
    mine(1, 1, 2, 3);
    bed.gateway.await(() -> served() == 1_001, "the head goes on");
    assertThat(bed.client().call("eth_getBlockByNumber", "[\"0x3ea\",false]").text())
        .contains("\"result\":null");

    bed.u(1).forgetScript();
    bed.gateway.await(() -> bed.provider(1).path("head").asInt() == 1_001, "u1 is believed again");
  }

  @ParameterizedTest(name = "{0} providers")
  @ValueSource(ints = {1, 2, 3})
  void believesARealJumpWithinThreePolls(int providers) {
    only(providers, CHAIN);
    bed.gateway.await(() -> tip() == 1_000, "the chain is followed");
    for (int i = 1; i <= providers; i++) {
      bed.u(i).world().head(50_000);
      bed.u(i).forgetAsked();
    }

    bed.gateway.await(() -> tip() == 50_000, "the jump is believed");

    for (int i = 1; i <= providers; i++) {
      assertThat(bed.u(i).count("eth_blockNumber")).as("polls of u" + i).isLessThanOrEqualTo(3);
    }
    assertThat(served()).isEqualTo(50_000);
    assertThat(block("latest")).isEqualTo(50_000);
  }

  // H12.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "safe | -32602 | invalid argument 1: invalid block tag",
        "finalized | -39001 | tag not supported on pre-merge network",
        "safe | -32000 | safe block not found",
        "finalized | -32000 | finalized block not found"
      })
  void neverServesTheLatestBlockForATagThatProvidersDoNotKnow(String tag, int code, String said) {
    bed.close();
    ticker = new FakeTicker();
    bed =
        FaultBed.apart(3, CHAIN)
            .before(all -> all.forEach(u -> u.always().when(isAbout(tag)).error(code, said)))
            .ticker(ticker)
            .start()
            .awaitAll();

    CompletableFuture<Answered> answer =
        bed.client().callAsync("eth_getBalance", FaultBed.OF_ADDRESS.replace("latest", tag));
    bed.gateway.await(answer::isDone, "it is answered");
    Answered answered = answer.join();

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isNotZero();
    assertThat(answered.json().has("result")).isFalse();
    for (int i = 1; i <= 3; i++) {
      assertThat(bed.u(i).asked("eth_getBalance"))
          .allMatch(asked -> asked.params().contains('"' + tag + '"'));
    }
    assertThat(IntStream.rangeClosed(1, 3)).allMatch(i -> bed.state(i).equals("healthy"));
  }

  // K3.

  @ParameterizedTest
  @ValueSource(longs = {0, 4_102_444_800L, 10_000_000_000L})
  void doesNotMindWhatTimeBlocksSayItIs(long genesisSeconds) {
    bed.close();
    ticker = new FakeTicker();
    bed =
        FaultBed.apart(3, CHAIN)
            .before(all -> all.forEach(u -> u.world().since(genesisSeconds)))
            .ticker(ticker)
            .start()
            .awaitAll();
    mine(1, 1, 2, 3);

    awaitServed(1_001);

    assertThat(IntStream.rangeClosed(1, 3)).allMatch(i -> bed.state(i).equals("healthy"));
    bed.gateway.await(() -> isAskedForLatest(1), "u1 is asked for the latest state");
  }

  // What the tests share.

  private static Predicate<Asked> isAbout(String tag) {
    return asked -> asked.params().contains('"' + tag + '"');
  }

  private void mine(int blocks, int... providers) {
    for (int i : providers) {
      bed.u(i).world().head(bed.u(i).world().head() + blocks);
    }
  }

  /** Lets time pass a little at a time, so that what the gateway asks meanwhile is answered. */
  private void pass(Duration time) {
    long end = ticker.nanos() + time.toNanos();
    bed.gateway.await(() -> ticker.nanos() - end >= 0, "time passes");
  }

  private void awaitServed(long head) {
    bed.gateway.await(() -> served() == head, "the head is " + head);
  }

  /** The newest block of the chain that is followed, which no client has asked for. */
  private int tip() {
    return bed.gateway
        .management()
        .get("/status")
        .json()
        .at("/networks/0/chain/tip/number")
        .asInt(-1);
  }

  /** What clients get as the head. */
  private long served() {
    Answered answered = bed.client().call("eth_blockNumber", "[]");
    assertThat(answered.result().isString()).as(answered.text()).isTrue();
    return quantity(answered.result().asString());
  }

  /** The number of the block that clients get for a tag or number. */
  private long block(String reference) {
    Answered answered =
        bed.client().call("eth_getBlockByNumber", "[\"%s\",false]".formatted(reference));
    assertThat(answered.result().isObject()).as(answered.text()).isTrue();
    return quantity(answered.result().path("number").asString());
  }

  private Answered balanceAt(String reference) {
    return bed.client()
        .call("eth_getBalance", "[\"%s\",\"%s\"]".formatted(FaultBed.ADDRESS, reference));
  }

  private boolean isAskedForLatest(int provider) {
    FakeProvider asked = bed.u(provider).forgetAsked();
    for (int i = 0; i < MANY; i++) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
    return asked.count("eth_getBalance") > 0;
  }

  private static long quantity(String text) {
    return Long.parseLong(text.substring(2), 16);
  }
}

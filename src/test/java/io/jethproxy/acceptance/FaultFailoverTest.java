package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What the loop of dispatch promises, with the clock turned by hand. The providers are of three
 * tiers, so that u1 is asked first, then u2, then u3.
 */
class FaultFailoverTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed =
      FaultBed.builder(3)
          .with(2, "tier: secondary")
          .with(3, "tier: backup")
          .ticker(ticker)
          .start()
          .awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  // Deadlines.

  @Test
  void triesNextProviderWhenTheFirstTimesOut() {
    bed.u(1).on("eth_unheardOf").hold();
    bed.u(2).on("eth_unheardOf").answer("\"second\"");

    CompletableFuture<Answered> asked = bed.client().callAsync("eth_unheardOf", "[]");
    bed.u(1).awaitRequests("eth_unheardOf", 1, SOON);
    ticker.advanceMillis(4_990);
    assertThat(bed.u(2).count("eth_unheardOf")).isZero();
    ticker.advanceMillis(20);

    assertThat(asked.join().result().asString()).isEqualTo("second");
    assertThat(bed.attempts(1, "timeout")).isEqualTo(1);
  }

  @Test
  void givesUpAtTheRequestsDeadlineAndNamesWhoWasAsked() {
    bed.each(u -> u.on("eth_unheardOf").hold());

    CompletableFuture<Answered> asked = bed.client().callAsync("eth_unheardOf", "[]");
    bed.u(1).awaitRequests("eth_unheardOf", 1, SOON);
    ticker.advanceMillis(5_001);
    bed.u(2).awaitRequests("eth_unheardOf", 1, SOON);
    ticker.advanceMillis(4_998);
    assertThat(asked).isNotDone();
    ticker.advanceMillis(2);

    Answered answered = asked.join();
    assertThat(answered.status()).isEqualTo(504);
    assertThat(answered.errorCode()).isEqualTo(-32015);
    assertThat(attempts(answered)).containsExactly("u1 timeout", "u2 timeout");
    assertThat(bed.u(3).count("eth_unheardOf")).isZero();
  }

  // Hedging.

  @Test
  void asksAnotherWhenTheFirstIsSlowAndKeepsTheLosersConnection() {
    FaultBed equals = FaultBed.builder(2).ticker(ticker).start().awaitAll();
    try (equals) {
      equals.u(1).on("eth_getBalance").hold();
      equals.u(2).on("eth_getBalance").hold();

      CompletableFuture<Answered> asked = equals.balanceAsync();
      equals.gateway.await(() -> equals.asked("eth_getBalance") == 2, "both are asked");
      FakeProvider first = equals.u(1);
      FakeProvider second = equals.u(2);
      int connections = first.connectionsAccepted() + second.connectionsAccepted();
      second.release();

      assertThat(asked.join().text()).contains(FaultBed.BALANCE);
      assertThat(equals.provider(1).path("inFlight").asInt()).isZero();
      first.release();
      for (int i = 0; i < 10; i++) {
        CompletableFuture<Answered> again = equals.client().callAsync("eth_gasPrice", "[]");
        assertThat(again.join().status()).isEqualTo(200);
      }
      assertThat(first.abandoned() + second.abandoned()).isZero();
      assertThat(first.connectionsAccepted() + second.connectionsAccepted()).isEqualTo(connections);
    }
  }

  @Test
  void neverHedgesWhatIsNotKnownToBeARead() {
    bed.u(1).on("eth_unheardOf").withResult("1").hold();

    CompletableFuture<Answered> asked = bed.client().callAsync("eth_unheardOf", "[]");
    bed.u(1).awaitRequests("eth_unheardOf", 1, SOON);
    ticker.advanceMillis(4_900);

    assertThat(bed.asked("eth_unheardOf")).isEqualTo(1);
    bed.u(1).release();
    assertThat(asked.join().result().asInt()).isEqualTo(1);
  }

  // Nothing, and what it means.

  @Test
  void nothingNeverBeatsABetterAnswerThatIsPending() {
    String found = "{\"hash\":" + hash(1) + "}";
    bed.u(1).on("eth_getTransactionByHash").withResult(found).hold();

    CompletableFuture<Answered> asked =
        bed.client().callAsync("eth_getTransactionByHash", "[" + hash(1) + "]");
    bed.u(1).awaitRequests("eth_getTransactionByHash", 1, SOON);
    ticker.advanceMillis(1_000); // u2 is asked as a hedge, and knows nothing
    bed.u(2).awaitRequests("eth_getTransactionByHash", 1, SOON);
    bed.gateway.await(() -> bed.provider(2).path("inFlight").asInt() == 0, "u2 has answered");
    assertThat(asked).isNotDone();
    bed.u(1).release();

    assertThat(asked.join().result().path("hash").toString()).isEqualTo(hash(1));
    assertThat(bed.u(3).count("eth_getTransactionByHash")).isZero();
  }

  @Test
  void believesTwoWhoKnowNothing() {
    Answered answered = bed.client().call("eth_getTransactionReceipt", "[" + hash(2) + "]");

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.result().isNull()).isTrue();
    assertThat(answered.text()).contains("\"result\":null");
    assertThat(bed.asked("eth_getTransactionReceipt")).isEqualTo(2);
  }

  @Test
  void findsWhatOnlyTheSecondKnows() {
    bed.u(2).on("eth_getTransactionByHash").answer("{\"hash\":" + hash(3) + "}");

    Answered answered = bed.client().call("eth_getTransactionByHash", "[" + hash(3) + "]");

    assertThat(answered.result().path("hash").toString()).isEqualTo(hash(3));
    assertThat(bed.u(3).count("eth_getTransactionByHash")).isZero();
  }

  @Test
  void neverServesNothingForABlockThatIsKnownToExist() {
    bed.each(u -> u.on("eth_getBlockByNumber").answer("null"));

    Answered answered = bed.client().call("eth_getBlockByNumber", "[\"0x10\",false]");

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isEqualTo(-32014);
    assertThat(attempts(answered)).containsExactly("u1 empty", "u2 empty", "u3 empty");
  }

  @Test
  void givesTheBlockOfTheOneThatHasIt() {
    bed.u(1).on("eth_getBlockByNumber").answer("null");
    bed.u(2).on("eth_getBlockByNumber").answer("null");

    Answered answered = bed.client().call("eth_getBlockByNumber", "[\"0x3e8\",false]");

    assertThat(answered.result().path("hash").asString()).isEqualTo(bed.world.hash(1_000));
  }

  @Test
  void aBlockOfTheFutureIsNothingAtOnce() {
    Answered answered = bed.client().call("eth_getBlockByNumber", "[\"0x3e9\",false]");

    assertThat(answered.text()).contains("\"result\":null");
    long asked =
        Stream.of(1, 2, 3)
            .flatMap(u -> bed.u(u).asked("eth_getBlockByNumber").stream())
            .filter(one -> one.params().contains("0x3e9"))
            .count();
    assertThat(asked).isLessThanOrEqualTo(1);
  }

  @Test
  void whatOneSaysOfTheStateOfAFutureBlockAllWouldSay() {
    bed.each(u -> u.on("eth_getBalance").error(-32000, "header not found"));

    Answered answered =
        bed.client().call("eth_getBalance", "[\"" + FaultBed.ADDRESS + "\",\"0x3e9\"]");

    assertThat(answered.text())
        .contains("\"error\":{\"code\":-32000,\"message\":\"header not found\"}");
    assertThat(bed.asked("eth_getBalance")).isEqualTo(1);
  }

  // The chain's own answers.

  @Test
  void givesTheChainsOwnErrorUnchangedAfterOneCall() {
    List<String> errors =
        List.of(
            "{\"code\":3,\"message\":\"execution reverted: rate limit\",\"data\":\"0x08c379a0\"}",
            "{\"code\":-32000,\"message\":\"insufficient funds for gas * price + value\"}",
            "{\"code\":-32000,\"message\":\"gas required exceeds allowance (1)\"}",
            "{\"code\":-32602,\"message\":\"invalid argument 0: hex string without 0x prefix\"}",
            "{\"code\":-32000,\"message\":\"execution reverted\",\"data\":{\"x\":[1, 2]}}");
    for (String error : errors) {
      JsonNode json = read(error);
      String data = json.has("data") ? json.path("data").toString() : "";
      bed.u(1)
          .on("eth_estimateGas")
          .times(1)
          .error(json.path("code").asInt(), json.path("message").asString(), data);
      int before = bed.asked("eth_estimateGas");

      Answered answered = bed.client().call("eth_estimateGas", "[{}]");

      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.json().path("error")).isEqualTo(json);
      assertThat(bed.asked("eth_estimateGas") - before).isEqualTo(1);
    }
    assertThat(bed.provider(1).path("failures").asInt()).isZero();
    assertThat(bed.state(1)).isEqualTo("healthy");
  }

  // What one provider cannot do and another can.

  @Test
  void aMethodIsUnknownOnlyWhenAllSaySo() {
    bed.u(3).on("eth_newThing").answer("7");

    assertThat(bed.client().call("eth_newThing", "[]").result().asInt()).isEqualTo(7);
    assertThat(bed.client().call("eth_newThing", "[]").result().asInt()).isEqualTo(7);
    assertThat(bed.u(1).count("eth_newThing")).isEqualTo(1);
    assertThat(bed.state(1)).isEqualTo("healthy");

    Answered unknown = bed.client().call("eth_noSuchThing", "[]");
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.errorCode()).isEqualTo(-32601);
    assertThat(bed.client().call("eth_noSuchThing", "[]").errorCode()).isEqualTo(-32601);
    assertThat(bed.asked("eth_noSuchThing")).isEqualTo(3);
  }

  @Test
  void aMethodIsNotUnknownWhileOneOfThoseWhoMightKnowItIsDown() {
    bed.u(3).on("eth_newThing").status(500, "oops");

    Answered answered = bed.client().call("eth_newThing", "[]");

    assertThat(answered.status()).isEqualTo(503);
    assertThat(attempts(answered))
        .containsExactly("u1 method_closed", "u2 method_closed", "u3 bad_status");
  }

  @Test
  void goesElsewhereWithARangeThatIsTooLargeAndSaysSoWhenItIsForAll() {
    String params = "[{\"fromBlock\":\"0x1\",\"toBlock\":\"0x3e8\"}]";
    String tooLarge = "query returned more than 10000 results";
    bed.u(1).on("eth_getLogs").error(-32005, tooLarge);
    assertThat(bed.client().call("eth_getLogs", params).text()).contains("\"result\":[]");

    bed.each(u -> u.on("eth_getLogs").error(-32005, tooLarge));
    Answered answered = bed.client().call("eth_getLogs", params);

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isEqualTo(-32012);
    assertThat(IntStream.rangeClosed(1, 3)).allMatch(i -> bed.state(i).equals("healthy"));
  }

  @Test
  void namesTheRangeThatProvidersWouldTake() {
    bed.each(u -> u.on("eth_getLogs").error(-32602, "eth_getLogs is limited to a 500 block range"));

    Answered answered =
        bed.client().call("eth_getLogs", "[{\"fromBlock\":\"0x1\",\"toBlock\":\"0x3e8\"}]");

    assertThat(answered.errorCode()).isEqualTo(-32012);
    assertThat(answered.json().at("/error/message").asString()).contains("at most 500 blocks");
  }

  @Test
  void goesElsewhereForOldStateAndSaysSoWhenNobodyHasIt() {
    String params = "[\"" + FaultBed.ADDRESS + "\",\"0x1\"]";
    bed.u(1).on("eth_getBalance").error(-32000, "missing trie node 1234 (path )");
    bed.u(2).on("eth_getBalance").error(-32000, "header not found");
    assertThat(bed.client().call("eth_getBalance", params).text()).contains(FaultBed.BALANCE);

    bed.u(3).on("eth_getBalance").error(4444, "pruned history unavailable");
    Answered answered = bed.client().call("eth_getBalance", params);

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isEqualTo(-32014);
    assertThat(IntStream.rangeClosed(1, 3)).allMatch(i -> bed.state(i).equals("healthy"));
  }

  @Test
  void saysThatTheAnswersWereUnusableWhenAllWere() {
    bed.each(u -> u.on("eth_gasPrice").truncatedJson());

    Answered answered = bed.client().call("eth_gasPrice", "[]");

    assertThat(answered.status()).isEqualTo(502);
    assertThat(answered.errorCode()).isEqualTo(-32013);
    assertThat(attempts(answered)).containsExactly("u1 malformed", "u2 malformed", "u3 malformed");
  }

  // Nothing left.

  @Test
  void namesEveryAttemptInOrderQuicklyAndTheSmallestWait() {
    bed.u(1).on("eth_gasPrice").status(429, "slow down", "Retry-After: 40");
    bed.u(2).on("eth_gasPrice").status(429, "slow down", "Retry-After: 7");
    bed.u(3).on("eth_gasPrice").status(429, "slow down", "Retry-After: 90");

    long start = System.nanoTime();
    Answered answered = bed.client().call("eth_gasPrice", "[]");
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.errorCode()).isEqualTo(-32002);
    assertThat(answered.header("Retry-After")).contains("7");
    assertThat(attempts(answered)).containsExactly("u1 throttled", "u2 throttled", "u3 throttled");
    assertThat(millis).isLessThan(250);
  }

  @Test
  void spendsNoMoreThanItsBudgetWhenEverythingFails() {
    bed.each(u -> u.on("eth_gasPrice").error(-32603, "internal error"));
    int calls = 400;

    for (int i = 0; i < calls; i++) {
      ticker.advanceMillis(10);
      assertThat(bed.client().call("eth_gasPrice", "[]").status()).isEqualTo(503);
    }

    // Besides the share, a balance that a quiet start has saved up, and its floor.
    double floor = 100 + 10 * calls * 0.010;
    assertThat(bed.asked("eth_gasPrice")).isLessThan((int) (1.2 * calls + floor));
  }

  // What the tests share.

  private static List<String> attempts(Answered answered) {
    return answered
        .json()
        .at("/error/data/attempts")
        .valueStream()
        .map(each -> each.path("provider").asString() + " " + each.path("reason").asString())
        .toList();
  }

  private static JsonNode read(String json) {
    return new tools.jackson.databind.ObjectMapper().readTree(json);
  }

  private static String hash(int n) {
    return "\"0x%064x\"".formatted(n);
  }
}

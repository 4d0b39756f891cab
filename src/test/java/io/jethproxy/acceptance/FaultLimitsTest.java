package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows C2 to C4 and C10: limits that providers announce are obeyed. The clock is turned by hand; u1
 * is asked first, u2 when u1 is out.
 */
class FaultLimitsTest {

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed =
      FaultBed.builder(2).with(2, "tier: secondary").ticker(ticker).start().awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  /** Lets clients call for some seconds, five times a second; each call must be answered. */
  private void callFor(double seconds) {
    for (int i = 0; i < seconds * 5; i++) {
      ticker.advanceMillis(200);
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
  }

  private int askedInAll(int provider) {
    return bed.u(provider).count();
  }

  @ParameterizedTest(name = "Retry-After: {0}")
  @CsvSource({"5, 4.6, 8", "30, 29.6, 34", "1000000, 299, 310"})
  void leavesAProviderAloneForAsLongAsItAsks(String wait, double quiet, double back) {
    bed.u(1).always().times(1).status(429, "slow down", "Retry-After: " + wait);
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    bed.gateway.await(() -> bed.state(1).equals("throttled"), "u1 is throttled");
    bed.u(1).forgetAsked();

    ticker.advanceMillis((long) (quiet * 1_000) - 3_000);
    callFor(2);
    assertThat(askedInAll(1)).isZero();

    ticker.advanceMillis((long) ((back - quiet) * 1_000) + 1_000);
    callFor(2);
    assertThat(bed.u(1).count("eth_getBalance")).isPositive();
  }

  /** A provider's clock may be wrong, and so may ours: the two dates are of one clock. */
  @ParameterizedTest(name = "at {0}")
  @ValueSource(strings = {"2001-01-01T00:00:00Z", "2099-12-31T23:59:30Z"})
  void understandsADateTooByTheProvidersOwnClock(String now) {
    ZonedDateTime date = ZonedDateTime.parse(now);
    bed.u(1)
        .always()
        .times(1)
        .status(
            429, "slow down", "Date: " + http(date), "Retry-After: " + http(date.plusSeconds(60)));
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    bed.gateway.await(() -> bed.state(1).equals("throttled"), "u1 is throttled");
    bed.u(1).forgetAsked();

    ticker.advanceMillis(30_000);
    callFor(2);
    assertThat(askedInAll(1)).isZero();

    ticker.advanceMillis(34_000);
    callFor(2);
    assertThat(bed.u(1).count("eth_getBalance")).isPositive();
  }

  private static String http(ZonedDateTime date) {
    return date.format(DateTimeFormatter.RFC_1123_DATE_TIME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "abc", "1e9", ""})
  void doesNotMindNonsense(String wait) {
    bed.u(1).on("eth_getBalance").times(1).status(429, "slow down", "Retry-After: " + wait);

    callFor(4);

    assertThat(bed.u(1).count("eth_getBalance")).isBetween(2, 20);
  }

  @Test
  void limitsOnlyTheMethodThatIsLimited() {
    bed.u(1)
        .on("eth_getLogs")
        .error(-32005, "rate limit exceeded for method eth_getLogs, try again later");

    for (int i = 0; i < 10; i++) {
      ticker.advanceMillis(100);
      assertThat(bed.client().call("eth_getLogs", "[{}]").text()).contains("\"result\":[]");
    }

    assertThat(bed.u(1).count("eth_getLogs")).isLessThan(4);
    assertThat(bed.state(1)).isEqualTo("healthy");
    bed.u(1).forgetAsked();
    callFor(2);
    assertThat(bed.u(1).count("eth_getBalance")).isEqualTo(10);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {\"code\":-32005,\"message\":\"monthly capacity limit exceeded\"} | quota_exhausted",
        "200 | {\"code\":-32001,\"message\":\"daily request quota used up\"} | quota_exhausted",
        "402 | payment required | billing",
        "401 | Must be authenticated! | auth",
        "403 | forbidden | auth"
      })
  void stopsAskingAProviderThatOnlyItsOwnerCanBringBack(int status, String said, String state) {
    if (said.startsWith("{")) {
      String message = said.replaceAll(".*\"message\":\"|\"}", "");
      int code = Integer.parseInt(said.replaceAll("[^-0-9]", ""));
      bed.u(1).always().error(code, message);
    } else {
      bed.u(1).always().status(status, said);
    }

    Answered answered = bed.balance();
    assertThat(answered.status()).isEqualTo(200);
    bed.gateway.await(() -> bed.state(1).equals(state), "u1 is out");

    bed.u(1).forgetAsked();
    callFor(20);
    assertThat(askedInAll(1)).isLessThanOrEqualTo(1);

    bed.u(1).forgetScript();
    ticker.advanceMillis(100_000);
    bed.gateway.await(() -> bed.state(1).matches("healthy|recovering"), "u1 is back");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 402, 403})
  void oneCallThatIsRefusedEverywhereTakesNobodyOut(int status) {
    bed.each(u -> u.on("eth_call").status(status, "blocked by the firewall"));

    for (int i = 0; i < 3; i++) {
      assertThat(bed.client().call("eth_call", "[{},\"latest\"]").status()).isEqualTo(503);
    }

    assertThat(bed.u(1).count("eth_call")).isEqualTo(3);
    ticker.advanceMillis(2_500);
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    assertThat(List.of(bed.state(1), bed.state(2))).containsOnly("healthy");
  }

  @Test
  void aProvidersLimitsAreNeverTheClients() {
    bed.each(u -> u.always().status(401, "bad key"));

    Answered answered = bed.balance();

    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.errorCode()).isEqualTo(-32002);
    assertThat(answered.text()).doesNotContain("bad key");
  }

  @Test
  void whenAllAreLimitedClientsLearnTheShortestWaitAndProvidersAreLeftAlone() {
    bed.u(1).always().status(429, "slow down", "Retry-After: 50");
    bed.u(2).always().status(429, "slow down", "Retry-After: 20");
    int calls = 100;

    for (int i = 0; i < calls; i++) {
      ticker.advanceMillis(100);
      Answered answered = bed.balance();
      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.errorCode()).isEqualTo(-32002);
      int wait = Integer.parseInt(answered.header("Retry-After").orElseThrow());
      assertThat(wait).isBetween(20 - (i + 10) / 10, 20);
    }

    assertThat(bed.asked("eth_getBalance")).isLessThanOrEqualTo(calls);
    assertThat(bed.asked("eth_getBalance")).isLessThan(5);
  }

  @Test
  void whenAllAreLimitedWithoutSayingForHowLongThereIsStillLessThanOneCallEach() {
    bed.each(u -> u.always().status(429, "slow down"));
    int calls = 200;

    for (int i = 0; i < calls; i++) {
      ticker.advanceMillis(20);
      Answered answered = bed.balance();
      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.header("Retry-After")).isPresent();
    }

    assertThat(bed.asked("eth_getBalance")).isLessThanOrEqualTo(calls);
  }

  // Permits and weights.

  @Test
  void asksAnotherWhenOneHasAsManyCallsAsItMayHaveAndWaitsWhenAllHave() {
    FaultBed narrow =
        FaultBed.builder(2)
            .with(1, "maxConcurrent: 3")
            .with(2, "maxConcurrent: 3", "tier: secondary")
            .ticker(ticker)
            .start()
            .awaitAll();
    try (narrow) {
      narrow.each(u -> u.on("eth_newThing").withResult("1").hold());

      List<CompletableFuture<Answered>> held =
          IntStream.range(0, 6)
              .mapToObj(i -> narrow.client().callAsync("eth_newThing", "[]"))
              .toList();
      narrow.gateway.await(() -> narrow.asked("eth_newThing") == 6, "six are held");
      CompletableFuture<Answered> seventh = narrow.client().callAsync("eth_newThing", "[]");
      long start = ticker.nanos();
      narrow.gateway.await(() -> ticker.nanos() - start > 1_000_000_000L, "a second passes");

      assertThat(narrow.u(1).count("eth_newThing")).isEqualTo(3);
      assertThat(seventh).isNotDone();
      narrow.each(u -> u.forgetScript().on("eth_newThing").answer("1"));
      narrow.each(FakeProvider::release);
      narrow.gateway.await(seventh::isDone, "there is room for the seventh");
      assertThat(seventh.join().status()).isEqualTo(200);
      assertThat(held).allSatisfy(each -> assertThat(each.join().status()).isEqualTo(200));
      assertThat(narrow.client().call("eth_gasPrice", "[]").status()).isEqualTo(200);
    }
  }

  /** The clock stands still from the start, so that both are equally quick but for the weights. */
  @Test
  void givesTheHeavierOneItsShare() {
    int calls = 1_000;
    double expected = 0.75 * calls;
    double deviation = Math.sqrt(calls * 0.75 * 0.25);
    FaultBed uneven =
        FaultBed.builder(2)
            .with(1, "weight: 300")
            .with(2, "weight: 100")
            .ticker(new FakeTicker())
            .notAwaitingReady()
            .start();
    try (uneven) {
      EdgeRig.await(() -> uneven.isInUse(1) && uneven.isInUse(2), "both are in use");
      for (int i = 0; i < calls; i++) {
        assertThat(uneven.balance().status()).isEqualTo(200);
      }

      assertThat((double) uneven.u(1).count("eth_getBalance"))
          .isCloseTo(expected, within(5 * deviation));
    }
  }
}

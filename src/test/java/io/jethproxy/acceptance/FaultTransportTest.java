package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.Rule;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows T1 to T3, T5 to T9, T14 to T16, T19 and T20: what providers do on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultTransportTest {

  private static final int PER_SECOND = 120;

  /** Enough to notice that a provider fails, for its probation and a relapse or two. */
  private static final int FEW = 40;

  /** Asks u1 first, always, and u2 when that fails. */
  private FaultBed pair;

  @BeforeAll
  void startPair() {
    pair = FaultBed.builder(2).with(2, "tier: secondary").start().awaitAll();
  }

  @AfterAll
  void stopPair() {
    pair.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("reset after request", "connection_broken", rule -> rule.rstAfterRequest()),
        fault("close after request", "connection_broken", rule -> rule.closeAfterRequest()),
        fault("reset in the head", "connection_broken", rule -> rule.resetAfter(20)),
        fault("reset in the body", "connection_broken", rule -> rule.resetAfter(90)),
        fault("cut in the body", "connection_broken", rule -> rule.cutAfter(90)),
        fault("half close", "connection_broken", rule -> rule.halfCloseAfterHeaders()),
        fault("length too long", "connection_broken", rule -> rule.longerContentLength()),
        fault("length too short", "malformed", rule -> rule.shorterContentLength()),
        fault("two lengths", "malformed", rule -> rule.duplicateContentLength()),
        fault("negative length", "malformed", rule -> rule.claimedContentLength("-5")),
        fault("length and chunks", "malformed", rule -> rule.contentLengthAndChunked()),
        fault("bad chunk size", "malformed", rule -> rule.badChunkSize()),
        fault("no last chunk", "connection_broken", rule -> rule.missingLastChunk()),
        fault("endless headers", "malformed", rule -> rule.endlessHeaders()),
        fault("flood of 1xx", "bad_status", rule -> rule.informationFlood(200)),
        fault("html", "internal_error", rule -> rule.html()),
        fault("empty body", "malformed", rule -> rule.emptyBody()),
        fault("white space", "malformed", rule -> rule.plainText(" \r\n\t ")),
        fault("plain text", "internal_error", rule -> rule.plainText("Bad Gateway")),
        fault("xml", "malformed", rule -> rule.plainText("<?xml version=\"1.0\"?><error/>")),
        fault("gzip that is none", "malformed", rule -> rule.gzipHeaderOnPlainBody()),
        fault("gzip unasked", "malformed", rule -> rule.gzip()),
        status(204, "bad_status"),
        status(206, "bad_status"),
        status(304, "bad_status"),
        status(400, "bad_status"),
        status(404, "bad_status"),
        status(405, "bad_status"),
        status(413, "request_too_large"),
        status(500, "bad_status"),
        status(502, "bad_status"),
        status(504, "bad_status"));
  }

  private static Arguments status(int status, String reason) {
    return fault("status " + status, reason, rule -> rule.status(status, "no"));
  }

  private static Arguments fault(String name, String reason, Consumer<Rule> happens) {
    return Arguments.of(name, reason, happens);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faults")
  void goesElsewhereAtOnceAndSaysWhyAfter(String name, String reason, Consumer<Rule> happens) {
    long before = pair.attempts(1, reason);
    happens.accept(pair.u(1).on("eth_getBalance").times(3));

    for (int i = 0; i < 10; i++) {
      assertThat(pair.balance().text()).contains(FaultBed.BALANCE);
    }

    assertThat(pair.attempts(1, reason) - before).isBetween(1L, 3L);
    pair.u(1).forgetScript();
  }

  // T1 to T3, T5, T16: one of three under load.

  @Test
  void clientsNoticeNothingOfAKilledProviderNorOfItsReturn() {
    try (FaultBed bed = FaultBed.of(3)) {
      LoadReport report = bed.load(PER_SECOND, 2, bed.u(1)::kill);

      bed.assertClean(report);
      assertThat(bed.attempts(1, "unreachable") + bed.attempts(1, "connection_broken"))
          .isLessThan(FEW + report.mostUnderWay());
      bed.gateway.await(() -> bed.state(1).equals("ejected"), "u1 is out");
      assertThat(bed.cause(1)).isEqualTo("unreachable");

      bed.u(1).revive();
      bed.gateway.await(() -> bed.state(1).matches("healthy|recovering"), "u1 is back");
      bed.u(1).forgetAsked();
      bed.assertClean(bed.load(PER_SECOND, 1, () -> {}));
      assertThat(bed.u(1).count("eth_getBalance") + bed.u(1).count("eth_call")).isPositive();
    }
  }

  @Test
  void clientsNoticeNothingOfAProviderThatResetsWhatItAccepts() {
    try (FaultBed bed = FaultBed.of(3)) {
      LoadReport report =
          bed.load(
              PER_SECOND,
              2,
              () -> {
                bed.u(1).always().rstOnAccept();
                bed.u(1).always().rstAfterRequest();
              });

      bed.assertClean(report);
      assertThat(bed.attempts(1, "connection_broken") + bed.attempts(1, "unreachable"))
          .isBetween(1L, FEW + report.mostUnderWay());
      bed.gateway.await(() -> bed.state(1).equals("ejected"), "u1 is out");
    }
  }

  @Test
  void clientsNoticeLittleOfAProviderThatFreezes() {
    try (FaultBed bed = FaultBed.builder(3).set("TIMEOUT_SECONDS", "1").start().awaitAll();
        Control control = new Control()) {
      LoadReport report = bed.load(PER_SECOND, 3, 60, bed.u(1)::freeze);

      bed.assertClean(report);
      assertThat(bed.state(1)).isEqualTo("ejected");
      assertThat(bed.cause(1)).isEqualTo("timeout");
      assertThat(bed.provider(1).path("stateMillis").asLong()).isGreaterThan(500);
      Duration afterwards =
          report.between(Duration.ofSeconds(2), Duration.ofSeconds(3)).latency(95);
      assertThat(afterwards).isLessThan(Duration.ofMillis(500).plus(control.allowance()));
      assertThat(bed.provider(1).path("inFlight").asInt()).isLessThan(3);

      bed.u(1).thaw();
      bed.gateway.await(() -> bed.state(1).matches("healthy|recovering"), "u1 is back");
    }
  }

  @Test
  void theDeadlineOfAnAttemptCoversTheWholeBody() {
    try (FaultBed bed = FaultBed.builder(3).set("TIMEOUT_SECONDS", "1").start().awaitAll()) {
      LoadReport report =
          bed.load(PER_SECOND, 2.2, 60, () -> bed.u(1).always().drip(Duration.ofMillis(200)));

      bed.assertClean(report);
      assertThat(bed.state(1)).isEqualTo("ejected");
      assertThat(bed.cause(1)).isEqualTo("timeout");
    }
  }

  @Test
  void clientsNoticeNothingOfAProviderThatDropsConnectionsAfterAFewAnswers() {
    try (FaultBed bed = FaultBed.of(3)) {
      LoadReport report =
          bed.load(
              PER_SECOND,
              2,
              1,
              () -> {
                bed.u(1).resetEvery(7);
                bed.u(2).closeEvery(5);
              });

      bed.assertClean(report);
      assertThat(bed.state(1)).isEqualTo("healthy");
      assertThat(bed.state(2)).isEqualTo("healthy");
      assertThat(bed.u(1).connectionsAccepted()).isLessThan(bed.u(1).count() / 3);
    }
  }

  // T19, T20: all of them.

  @Test
  void saysAtOnceThatNobodyIsThereWhenAllRefuse() {
    try (FaultBed bed = FaultBed.of(3)) {
      bed.each(FakeProvider::kill);
      bed.balance();
      IntStream.range(0, 20).forEach(i -> bed.balance());

      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        Answered answered = bed.balance();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

        assertThat(answered.status()).isEqualTo(503);
        assertThat(answered.errorCode()).isEqualTo(-32002);
        assertThat(Integer.parseInt(answered.header("Retry-After").orElseThrow())).isPositive();
        assertThat(answered.json().at("/error/data/attempts").size()).isEqualTo(3);
        assertThat(millis).isLessThan(250);
      }
      assertThat(IntStream.rangeClosed(1, 3).mapToLong(i -> bed.attempts(i, "unreachable")).sum())
          .isLessThan(30);

      bed.each(FakeProvider::revive);
      bed.gateway.await(() -> bed.balance().status() == 200, "calls are served again");
      bed.assertClean(bed.load(60, 1, () -> {}));
    }
  }

  @Test
  void endsEveryCallByItsDeadlineWhenAllHangAndIsBackSoonAfter() {
    try (FaultBed bed =
        FaultBed.builder(3)
            .set("TIMEOUT_SECONDS", "0.6")
            .set("REQUEST_TIMEOUT_SECONDS", "1")
            .start()
            .awaitAll()) {
      bed.each(FakeProvider::freeze);

      LoadReport report = bed.load(60, 2, () -> {});

      assertThat(report.wrongIds()).isEmpty();
      assertThat(report.failed()).hasSize(report.count());
      assertThat(report.failures().keySet()).isSubsetOf("http 503", "http 504");
      assertThat(report.latency(100)).isLessThan(Duration.ofMillis(1_600));
      assertThat(report.failed().getFirst().answer()).contains("attempts");

      bed.each(FakeProvider::thaw);
      bed.gateway.await(() -> bed.balance().status() == 200, "calls are served again");
      bed.gateway.await(
          () ->
              IntStream.rangeClosed(1, 3)
                  .allMatch(i -> bed.provider(i).path("inFlight").asInt() == 0),
          "nothing is in flight");
      LoadReport after = bed.load(60, 1, () -> {});
      bed.assertClean(after);
    }
  }

  // S2.

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void neverFollowsARedirect(int status) {
    try (FakeProvider sink = FakeProvider.start()) {
      pair.u(1).on("eth_getBalance").times(2).redirect(status, sink.uri());

      for (int i = 0; i < 6; i++) {
        assertThat(pair.balance().text()).contains(FaultBed.BALANCE);
      }

      assertThat(sink.connectionsAccepted()).isZero();
      assertThat(pair.attempts(1, "bad_status")).isPositive();
      pair.u(1).forgetScript();
    }
  }

  // A1.

  @Test
  void stopsTheProvidersWorkWhenTheClientHangsUp() {
    try (FaultBed bed = FaultBed.of(2)) {
      bed.each(u -> u.on("eth_call").hold());
      CompletableFuture<Answered> asked =
          bed.client().callAsync("eth_call", "[{\"to\":\"0x00\"},\"latest\"]");
      bed.gateway.await(() -> bed.asked("eth_call") > 0, "a provider is asked");

      asked.cancel(true);
      bed.client().close();

      bed.gateway.await(
          () -> bed.u(1).abandoned() + bed.u(2).abandoned() == bed.asked("eth_call"),
          "every provider was hung up on");
    }
  }
}

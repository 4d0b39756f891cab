package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows T1 to T3, T5 to T9, T14 to T16, T19 and T20: what providers do on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultTransportTest {

  private static final int PER_SECOND = 120;

  /** More than what is under way when a provider fails, its probation and a relapse or two. */
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

  private static Arguments fault(
      String name, String reason, Consumer<io.jethproxy.testing.Rule> happens) {
    return Arguments.of(name, reason, happens);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faults")
  void goesElsewhereAtOnceAndSaysWhyAfter(
      String name, String reason, Consumer<io.jethproxy.testing.Rule> happens) {
    long before = pair.attempts(1, reason);
    happens.accept(pair.u(1).on("eth_getBalance").times(3));

    for (int i = 0; i < 10; i++) {
      assertThat(pair.balance().text()).contains(FaultBed.BALANCE);
    }

    assertThat(pair.attempts(1, reason) - before).isBetween(1L, 3L);
    pair.u(1).forgetScript();
  }
}

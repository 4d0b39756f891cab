package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecentTest {

  private static final long SECOND = 1_000 * Calls.MILLI;

  private final Recent recent = new Recent(0);

  private static Concluded answeredAt(long endNanos, String method, Journal.Entry... attempts) {
    return Calls.concludedAt(
        endNanos, method, new Outcome.Answer(RawJson.of("1"), "a1", true), attempts);
  }

  @Test
  void keepsACallThatTookTwoAttemptsWithItsReasons() {
    recent.concluded(
        answeredAt(
            7 * Calls.MILLI,
            "eth_call",
            Calls.failed("b1", Trouble.THROTTLED, 2),
            Calls.served("a1", 5)));

    assertThat(recent.list(2 * SECOND))
        .containsExactly(
            new Recent.Seen(
                "r-1",
                "mainnet",
                "eth_call",
                "ok",
                "",
                0,
                "a1",
                List.of(
                    new Recent.Attempt("b1", "throttled", 2_000, false),
                    new Recent.Attempt("a1", "ok", 5_000, false)),
                7_000,
                1_993));
  }

  @ParameterizedTest
  @EnumSource(
      value = Refusal.Kind.class,
      names = {
        "OVERLOADED",
        "NO_PROVIDER",
        "TIMEOUT",
        "BAD_PROVIDER_ANSWER",
        "MISSING_DATA",
        "INTERNAL"
      })
  void keepsEveryCallThatFailed(Refusal.Kind kind) {
    recent.concluded(Calls.refused(kind));
    recent.concluded(Calls.refused(kind));

    assertThat(recent.list(SECOND)).hasSize(2);
    assertThat(recent.list(SECOND).getFirst().reason()).isEqualTo("a_reason");
  }

  @Test
  void samplesCallersMistakesAndOrdinaryCallsOncePerSecond() {
    for (int i = 0; i < 10_000; i++) {
      recent.concluded(answeredAt(i * Calls.MILLI, "eth_call", Calls.served("a1", 1)));
      recent.concluded(Calls.refused(Refusal.Kind.INVALID_PARAMS));
    }

    assertThat(recent.list(10 * SECOND)).hasSizeBetween(10, 11);
  }

  @Test
  void doesNotLetOrdinaryCallsPushOutTroubleAndIsBounded() {
    recent.concluded(
        answeredAt(1, "eth_first", Calls.failed("b", Trouble.DNS, 1), Calls.served("a1", 1)));
    for (int i = 0; i < 1_000; i++) {
      recent.concluded(answeredAt(i * SECOND, "eth_call", Calls.served("a1", 1)));
    }

    List<Recent.Seen> kept = recent.list(1_000 * SECOND);
    assertThat(kept).hasSize(51);
    assertThat(kept.getFirst().ageMillis()).isEqualTo(1_000);
    assertThat(kept.getLast().method()).isEqualTo("eth_first");

    for (int i = 0; i < 1_000; i++) {
      recent.concluded(Calls.refused(Refusal.Kind.NO_PROVIDER));
    }
    assertThat(recent.list(1_000 * SECOND)).hasSize(250);
  }

  @Test
  void boundsWhatAClientMadeUp() {
    Journal.Entry[] many =
        IntStream.range(0, 100)
            .mapToObj(i -> Calls.failed("p" + i, Trouble.BUSY, 1))
            .toArray(Journal.Entry[]::new);

    recent.concluded(answeredAt(1, "x".repeat(1 << 20), many));

    Recent.Seen seen = recent.list(1).getFirst();
    assertThat(seen.method()).hasSize(64);
    assertThat(seen.attempts()).hasSize(16);
  }
}

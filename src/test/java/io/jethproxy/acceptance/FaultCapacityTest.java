package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows C1, C5 to C9 and C11, scaled down: providers that can take less than is asked. */
class FaultCapacityTest {

  private static final Duration HALF = Duration.ofSeconds(2);
  private static final Duration END = Duration.ofSeconds(3);

  /** Refuses what comes faster than this, with a burst of a tenth of a second. */
  private static void limit(FakeProvider provider, double perSecond) {
    AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    long gap = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    long burst = TimeUnit.MILLISECONDS.toNanos(100);
    provider
        .always()
        .when(asked -> {
          long now = System.nanoTime();
          long before = nextNanos.get();
          long next = Math.max(before, now - burst) + gap;
          return before > now || !nextNanos.compareAndSet(before, next);
        })
        .status(429, "too many requests");
  }

  private static long served(LoadReport report) {
    return (long) report.count() - report.failed().size();
  }

  @Test
  void slowsDownForAProviderThatSaysSo() {
    try (FaultBed bed = FaultBed.of(3)) {
      limit(bed.u(1), 15);

      bed.assertClean(bed.load(120, 1.5, () -> {}));
      long refusedBefore = bed.attempts(1, "throttled");
      bed.assertClean(bed.load(120, 1.5, () -> {}));

      long refused = bed.attempts(1, "throttled") - refusedBefore;
      assertThat(refused).isLessThanOrEqualTo(5);
    }
  }

  @Test
  void quickErrorsDoNotDrawTraffic() {
    try (FaultBed bed = FaultBed.of(3)) {
      bed.u(1).always().error(-32603, "internal error");
      bed.u(2).always().delay(Duration.ofMillis(20));
      bed.u(3).always().delay(Duration.ofMillis(20));
      LoadReport report = bed.load(100, 2, 100, bed.u(1)::forgetAsked);

      bed.assertClean(report);
      int asked = bed.u(1).count() - bed.u(1).count("eth_blockNumber");
      assertThat(asked).isLessThan(20);
    }
  }

  @Test
  void turnsAwayFromAProviderThatBecomesSlow() {
    try (FaultBed bed = FaultBed.of(3)) {
      bed.each(u -> u.always().delay(Duration.ofMillis(5)));
      AtomicLong before = new AtomicLong();
      LoadReport report =
          bed.load(
              100,
              3,
              100,
              () -> {
                before.set(calls(bed));
                bed.u(1).forgetScript().always().delay(Duration.ofMillis(400));
              });

      bed.assertClean(report);
      assertThat(report.between(HALF, END).latency(90)).isLessThan(Duration.ofMillis(200));
      assertThat(calls(bed) - before.get()).isLessThan((long) (1.15 * 200));
    }
  }

  @Test
  void livesWithAProviderThatFailsNowAndThen() {
    try (FaultBed bed = FaultBed.of(3)) {
      bed.u(1)
          .always()
          .when(asked -> ThreadLocalRandom.current().nextInt(10) < 3)
          .status(500, "oops");
      LoadReport report = bed.load(120, 2, () -> {});

      bed.assertClean(report);
      assertThat(calls(bed)).isLessThan((long) (1.2 * report.count()));
      assertThat(bed.u(1).count()).isLessThan(report.count() / 3);
    }
  }

  @Test
  void bearsAProviderThatComesAndGoes() {
    try (FaultBed bed = FaultBed.of(3)) {
      bed.u(1)
          .always()
          .when(asked -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) / 400 % 2 == 0)
          .rstAfterRequest();
      LoadReport report = bed.load(120, 2.4, () -> {});

      bed.assertClean(report);
    }
  }

  @Test
  void servesNearlyAllThatTheProvidersTakeTogetherAndRefusesTheRestQuickly() {
    try (FaultBed bed = FaultBed.of(3)) {
      limit(bed.u(1), 30);
      limit(bed.u(2), 30);
      limit(bed.u(3), 60);
      LoadReport report = bed.load(200, 3, () -> {});
      LoadReport settled = report.between(Duration.ofSeconds(1), Duration.ofSeconds(3));

      assertThat(report.wrongIds()).isEmpty();
      assertThat(report.failures().keySet()).isSubsetOf("http 503");
      assertThat(served(settled)).isGreaterThan((long) (0.75 * 2 * 120));
      assertThat(settled.where(sample -> sample.failed()).latency(90))
          .isLessThan(Duration.ofMillis(50));

      bed.each(FakeProvider::forgetScript);
      bed.gateway.await(() -> bed.balance().status() == 200, "served again");
      LoadReport after = bed.load(50, 1, () -> {});
      assertThat(served(after)).as(after.toString()).isGreaterThan((long) (0.95 * after.count()));
    }
  }

  private static long calls(FaultBed bed) {
    return IntStream.rangeClosed(1, 3).mapToLong(i -> calls(bed.u(i))).sum();
  }

  /** Without what the gateway asks for itself, to follow the chain. */
  private static long calls(FakeProvider provider) {
    return provider.asked().stream()
        .filter(asked -> !asked.method().matches("eth_blockNumber|eth_getBlockBy.*"))
        .count();
  }
}

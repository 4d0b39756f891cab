package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.eth.MethodSpec.Pace;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How fast a provider answers, by pace of the method. Guarded by its owner, save {@link
 * #hedgeAfterNanos}, which anybody may ask.
 */
final class Speeds {

  /** What a provider is thought to need while its first answers are still awaited. */
  private static final double UNPROVEN_NANOS = MILLISECONDS.toNanos(250);

  private static final long HEDGE_NANOS_MIN = MILLISECONDS.toNanos(20);
  private static final long HEDGE_NANOS_MAX = SECONDS.toNanos(2);

  private final EnumMap<Pace, Latency> latencies = new EnumMap<>(Pace.class);
  private final EnumMap<Pace, Percentile> percentiles = new EnumMap<>(Pace.class);

  Speeds() {
    for (Pace pace : Pace.values()) {
      latencies.put(pace, new Latency());
      percentiles.put(pace, new Percentile());
    }
  }

  void answered(Pace pace, long elapsedNanos, long nowNanos) {
    latency(pace).answered(elapsedNanos, nowNanos);
    percentile(pace).sample(elapsedNanos);
  }

  /** An own probe was answered: says how near the provider is, not how long calls take. */
  void answeredProbe(long elapsedNanos, long nowNanos) {
    latency(Pace.FAST).answered(elapsedNanos, nowNanos);
  }

  void failed(Pace pace, long elapsedNanos, long nowNanos) {
    latency(pace).failed(elapsedNanos, nowNanos);
  }

  void abandoned(Pace pace, long elapsedNanos, long nowNanos) {
    latency(pace).atLeast(elapsedNanos, nowNanos);
  }

  /** The provider is back in use after an outage. */
  void forgive() {
    latencies.values().forEach(Latency::forgive);
  }

  double expectedNanos(Pace pace, int inFlight, long nowNanos) {
    if (latency(pace).isKnown()) {
      return latency(pace).expectedNanos(nowNanos);
    }
    for (Latency other : latencies.values()) {
      if (other.isKnown()) {
        return other.expectedNanos(nowNanos);
      }
    }
    return inFlight == 0 ? 0 : UNPROVEN_NANOS;
  }

  long hedgeAfterNanos(Pace pace) {
    long p95 = percentile(pace).p95Nanos();
    if (p95 >= 0) {
      return Math.clamp(p95, HEDGE_NANOS_MIN, HEDGE_NANOS_MAX);
    }
    return switch (pace) {
      case FAST -> MILLISECONDS.toNanos(250);
      case MEDIUM -> MILLISECONDS.toNanos(500);
      case SLOW -> HEDGE_NANOS_MAX;
    };
  }

  Map<Pace, Long> latencyMicros() {
    Map<Pace, Long> micros = new EnumMap<>(Pace.class);
    latencies.forEach((pace, latency) -> {
      if (latency.isKnown()) {
        micros.put(pace, (long) latency.answerNanos() / 1_000);
      }
    });
    return micros;
  }

  Map<Pace, Long> p95Micros() {
    Map<Pace, Long> micros = new EnumMap<>(Pace.class);
    percentiles.forEach((pace, percentile) -> {
      if (percentile.p95Nanos() >= 0) {
        micros.put(pace, percentile.p95Nanos() / 1_000);
      }
    });
    return micros;
  }

  private Latency latency(Pace pace) {
    return Objects.requireNonNull(latencies.get(pace));
  }

  private Percentile percentile(Pace pace) {
    return Objects.requireNonNull(percentiles.get(pace));
  }
}

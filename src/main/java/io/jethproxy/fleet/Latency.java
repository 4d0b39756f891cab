package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * A latency that rises at once to a higher sample and falls back slowly: the peak-sensitive moving
 * average of Finagle. Guarded by its owner.
 */
final class Latency {

  private static final double DECAY_NANOS = SECONDS.toNanos(10);

  private boolean known;
  private double nanos;
  private long stampNanos;

  void sample(long sampleNanos, long nowNanos) {
    if (!known || sampleNanos > nanos) {
      nanos = sampleNanos;
    } else {
      double kept = Math.exp((stampNanos - nowNanos) / DECAY_NANOS);
      nanos = nanos * kept + sampleNanos * (1 - kept);
    }
    known = true;
    stampNanos = nowNanos;
  }

  /** It takes at least this long: counts only if that is news. */
  void atLeast(long sampleNanos, long nowNanos) {
    if (known && sampleNanos > nanos(nowNanos)) {
      sample(sampleNanos, nowNanos);
    }
  }

  boolean isKnown() {
    return known;
  }

  /** The estimate, which fades while there are no samples, so that a slow one is tried again. */
  double nanos(long nowNanos) {
    return nanos * Math.exp((stampNanos - nowNanos) / DECAY_NANOS);
  }
}

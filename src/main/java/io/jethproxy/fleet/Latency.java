package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * How long an answer takes, for comparing providers: quick to believe that it got slower, slow to
 * believe that it got faster, and with failures counted as slow. Guarded by its owner.
 *
 * <p>A peak-sensitive moving average, after Finagle's Peak EWMA, with two changes. A higher sample
 * takes it a third of the way up, not all of it, since one outlier in hundreds would otherwise take
 * the traffic from an equal for many seconds. And failures raise a penalty of their own, which
 * doubles while they go on and melts with each answer, so that a provider which refuses in a
 * millisecond draws nobody, and the true latency is still known when it is well again. Both fade
 * while there are no samples, so that a slow one is heard of again.
 */
final class Latency {

  private static final double RISE = 0.3;
  private static final double FALL = 0.1;
  private static final double MELT = 0.8;
  private static final double FADE_NANOS = SECONDS.toNanos(10);
  private static final double PENALTY_NANOS_MIN = MILLISECONDS.toNanos(500);
  private static final double PENALTY_NANOS_MAX = SECONDS.toNanos(2);
  private static final double PENALTY_FACTOR = 4;

  private boolean known;
  private double nanos;
  private double penaltyNanos;
  private long stampNanos;

  void answered(long elapsedNanos, long nowNanos) {
    sample(elapsedNanos, nowNanos);
    penaltyNanos *= MELT;
  }

  void failed(long elapsedNanos, long nowNanos) {
    fade(nowNanos);
    double harsh = Math.max(PENALTY_FACTOR * nanos, 2 * penaltyNanos);
    double penalty = Math.clamp(harsh, PENALTY_NANOS_MIN, PENALTY_NANOS_MAX);
    penaltyNanos = Math.max(penalty, (double) elapsedNanos);
  }

  /** It takes at least this long: counts only if that is news. */
  void atLeast(long elapsedNanos, long nowNanos) {
    if (known && elapsedNanos > nanos) {
      sample(elapsedNanos, nowNanos);
    }
  }

  /** The failures were of an outage that is over. */
  void forgive() {
    penaltyNanos = 0;
  }

  boolean isKnown() {
    return known || penaltyNanos > 0;
  }

  /** What to expect of the next attempt. */
  double expectedNanos(long nowNanos) {
    return Math.max(nanos, penaltyNanos) * kept(nowNanos);
  }

  /** What answers took, without the penalty; 0 when there was none yet. */
  double answerNanos() {
    return nanos;
  }

  private void sample(long elapsedNanos, long nowNanos) {
    if (known) {
      fade(nowNanos);
      nanos += (elapsedNanos - nanos) * (elapsedNanos > nanos ? RISE : FALL);
    } else {
      nanos = elapsedNanos;
      known = true;
    }
    stampNanos = nowNanos;
  }

  private void fade(long nowNanos) {
    double kept = kept(nowNanos);
    nanos *= kept;
    penaltyNanos *= kept;
    stampNanos = nowNanos;
  }

  private double kept(long nowNanos) {
    return Math.exp((stampNanos - nowNanos) / FADE_NANOS);
  }
}

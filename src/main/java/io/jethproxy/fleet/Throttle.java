package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * A rate for a provider that refused some calls without saying when to come back: half of what it
 * served (down to an eighth while nothing is), then a tenth more of that each second, for a minute.
 * Guarded by its owner.
 *
 * <p>Additive increase, multiplicative decrease, as in TCP: one cut per round trip, since refusals
 * of calls that were sent before the cut tell nothing new. The rate is kept by a virtual schedule
 * (GCRA): each call moves the time of the next one on.
 */
final class Throttle {

  private static final double CUT = 0.5;
  private static final double REGAIN_PER_SECOND = 0.1;
  private static final double GROWTH_PER_SECOND = 0.5;
  private static final double PER_SECOND_MIN = 0.5;
  private static final double BASE_MIN = 1;
  private static final double FIRST_BASE_MIN = 10;
  private static final long LENGTH_NANOS = SECONDS.toNanos(60);
  private static final long BURST_NANOS = MILLISECONDS.toNanos(100);
  private static final long LAST_RESORT_BURST_NANOS = SECONDS.toNanos(1);
  private static final int BARREN_CUTS = 3;
  private static final long BARREN_NANOS = SECONDS.toNanos(1);

  /** After such a silence the rate of what is served is measured afresh. */
  private static final long IDLE_NANOS = SECONDS.toNanos(2);

  private static final double MEASURED_NANOS_MIN = MILLISECONDS.toNanos(100);
  private static final double PEAK_NANOS = SECONDS.toNanos(10);
  private static final double SECOND = SECONDS.toNanos(1);

  private boolean active;
  private int cutsUnserved;
  private long unservedNanos;
  private double served;
  private long servedNanos;
  private long servedSinceNanos;
  private double peakPerSecond;
  private double basePerSecond;
  private double cut = CUT;
  private long cutNanos;
  private long nextNanos;
  private long nextAtPeakNanos;

  Throttle(long nowNanos) {
    servedNanos = nowNanos;
    servedSinceNanos = nowNanos;
  }

  void served(long nowNanos) {
    if (nowNanos - servedNanos > IDLE_NANOS) {
      servedSinceNanos = nowNanos;
      served = 0;
    }
    decay(nowNanos);
    served += 1;
    peakPerSecond = Math.max(peakPerSecond, servedPerSecond(nowNanos));
    cutsUnserved = 0;
  }

  /**
   * The provider refused a call that began at a time.
   *
   * @return whether this was news, and so the rate was cut
   */
  boolean refused(long beganNanos, long nowNanos) {
    if (active && beganNanos - cutNanos < 0) {
      return false;
    }
    decay(nowNanos);
    // What was served before the first refusal may only show how little was asked.
    basePerSecond = Math.max(active ? BASE_MIN : FIRST_BASE_MIN, servedPerSecond(nowNanos));
    active = true;
    if (cutsUnserved == 0) {
      unservedNanos = nowNanos;
    }
    cutsUnserved++;
    cut = Math.pow(CUT, Math.min(cutsUnserved, BARREN_CUTS));
    cutNanos = nowNanos;
    nextNanos = nowNanos + BURST_NANOS + (long) (SECOND / perSecond(nowNanos));
    nextAtPeakNanos =
        nowNanos + LAST_RESORT_BURST_NANOS + (long) (SECOND / atMostPerSecond(nowNanos));
    return true;
  }

  /** Whether cutting the rate does not help: nothing was served between cuts for a second. */
  boolean isBarren(long nowNanos) {
    return cutsUnserved >= BARREN_CUTS && nowNanos - unservedNanos >= BARREN_NANOS;
  }

  boolean isActive(long nowNanos) {
    if (active && nowNanos - cutNanos > LENGTH_NANOS) {
      active = false;
    }
    return active;
  }

  /** How long until the rate allows another call, 0 when it does now. */
  long waitNanos(long nowNanos) {
    return isActive(nowNanos) ? Math.max(0, nextNanos - BURST_NANOS - nowNanos) : 0;
  }

  /** Whether the rate at which it lately served would allow a call, when nobody else is left. */
  boolean takeLastResort(long nowNanos) {
    return nextAtPeakNanos - LAST_RESORT_BURST_NANOS - nowNanos <= 0;
  }

  void began(long nowNanos) {
    if (isActive(nowNanos)) {
      nextNanos = later(nextNanos, nowNanos) + (long) (SECOND / perSecond(nowNanos));
      nextAtPeakNanos =
          later(nextAtPeakNanos, nowNanos) + (long) (SECOND / atMostPerSecond(nowNanos));
    }
  }

  double perSecond(long nowNanos) {
    double regained = REGAIN_PER_SECOND * (nowNanos - cutNanos) / SECOND;
    return Math.max(PER_SECOND_MIN, basePerSecond * (cut + regained));
  }

  /**
   * The rate for when nobody else is left: the most that it served lately, and more with each
   * second in which it refuses nothing, since what it could serve is lost otherwise.
   */
  private double atMostPerSecond(long nowNanos) {
    double proven = Math.max(basePerSecond, peakPerSecond);
    double grown = proven * (1 + GROWTH_PER_SECOND * (nowNanos - cutNanos) / SECOND);
    return Math.max(grown, perSecond(nowNanos));
  }

  /** What was served in the last second or so, or at that rate if it began more recently. */
  private double servedPerSecond(long nowNanos) {
    double measured = Math.max(MEASURED_NANOS_MIN, (double) (nowNanos - servedSinceNanos));
    return served / (1 - Math.exp(-measured / SECOND));
  }

  private void decay(long nowNanos) {
    served *= Math.exp((servedNanos - nowNanos) / SECOND);
    peakPerSecond *= Math.exp((servedNanos - nowNanos) / PEAK_NANOS);
    servedNanos = nowNanos;
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }
}

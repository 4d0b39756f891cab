package io.jethproxy.fleet;

import java.util.random.RandomGenerator;

/**
 * Waits that double, each within 20 % of its nominal length, never above a bound. Guarded by its
 * owner.
 */
public final class Backoff {

  private static final double JITTER = 0.2;

  private final double firstNanos;
  private final double boundNanos;
  private final RandomGenerator random;
  private int level;

  /**
   * @param firstNanos the first nominal wait; positive
   * @param boundNanos no wait is longer
   */
  public Backoff(long firstNanos, long boundNanos, RandomGenerator random) {
    this.firstNanos = firstNanos;
    // Nominal waits stop short of the bound, so that the longest ones are still spread.
    this.boundNanos = boundNanos / (1 + JITTER);
    this.random = random;
  }

  /** The next wait, longer than the one before until the bound is reached. */
  public long nextNanos() {
    double nominal = Math.min(boundNanos, firstNanos * Math.pow(2, level));
    if (nominal < boundNanos) {
      level++;
    }
    return (long) (nominal * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }

  boolean hasGrown() {
    return level > 0;
  }

  /** The next wait is the first again. */
  public void reset() {
    level = 0;
  }
}

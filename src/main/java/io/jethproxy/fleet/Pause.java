package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * A time in which a provider, or one method there, is not asked, and the careful tries after it:
 * one per second until one succeeds. Guarded by its owner.
 */
final class Pause {

  private static final long TRY_GAP_NANOS = SECONDS.toNanos(1);
  private static final long FORGET_NANOS = SECONDS.toNanos(10);

  private boolean active;
  private boolean explicit;
  private Reason reason = Reason.HEALTHY;
  private long imposedNanos;
  private long untilNanos;
  private long lengthNanos;
  private boolean tried;
  private long lastTryNanos;

  /**
   * Starts a pause, or makes the present one longer; never shorter.
   *
   * @param told whether the provider itself asked for it, so that it must be obeyed
   */
  void impose(Reason why, long nowNanos, long forNanos, boolean told) {
    long until = nowNanos + forNanos;
    if (active && untilNanos - until > 0) {
      return;
    }
    active = true;
    explicit = told;
    reason = why;
    imposedNanos = nowNanos;
    untilNanos = until;
    lengthNanos = forNanos;
  }

  boolean isActive() {
    return active;
  }

  Reason reason() {
    return reason;
  }

  /** What is left of the wait, 0 when over. */
  long leftNanos(long nowNanos) {
    return active ? Math.max(0, untilNanos - nowNanos) : 0;
  }

  /** The standing that follows from the pause; ready when there is none. */
  Standing standing(long nowNanos) {
    if (!active) {
      return Standing.READY;
    }
    long left = untilNanos - nowNanos;
    if (left <= 0 && tried) {
      left = lastTryNanos + TRY_GAP_NANOS - nowNanos;
    }
    if (left <= 0) {
      return Standing.trickle(reason);
    }
    return explicit ? Standing.firm(reason, left) : Standing.suspected(reason, left);
  }

  /** Whether a try of that age was on its way when the present pause was imposed. */
  boolean isOlderNews(long beganNanos) {
    return active && beganNanos - imposedNanos < 0;
  }

  /** Whether it was imposed so short a while ago that another try would tell the same. */
  boolean isNew(long nowNanos) {
    return active && nowNanos - imposedNanos < TRY_GAP_NANOS;
  }

  /** Whether to try all the same because nobody else is left: once a second. */
  boolean takeLastResort(long nowNanos) {
    if (!active) {
      return true;
    }
    if (tried && lastTryNanos + TRY_GAP_NANOS - nowNanos > 0) {
      return false;
    }
    tried = true;
    lastTryNanos = nowNanos;
    return true;
  }

  /** A try goes out; after the wait it takes the place of this second. */
  void began(long nowNanos) {
    if (active && nowNanos - untilNanos >= 0) {
      tried = true;
      lastTryNanos = nowNanos;
    }
  }

  /**
   * A try that began at a time succeeded: that ends a pause whose wait was over by then, and at any
   * time one that was only our guess.
   */
  void succeeded(long beganNanos) {
    long meaningful = explicit ? untilNanos : imposedNanos;
    if (active && beganNanos - meaningful >= 0) {
      active = false;
    }
  }

  /**
   * Whether so much time went by since the last pause, if any, that the next one need not be
   * longer.
   */
  boolean isForgotten(long nowNanos) {
    return lengthNanos == 0
        || (!active && nowNanos - untilNanos > Math.max(FORGET_NANOS, 2 * lengthNanos));
  }
}

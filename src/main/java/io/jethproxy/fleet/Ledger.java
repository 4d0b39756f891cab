package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;

/**
 * Books what attempts came to: as speed, as silence, for or against the provider's health. Guarded
 * by the provider's lock.
 */
final class Ledger {

  /** An attempt that ends so long after its timeout shows that the gateway itself stood still. */
  private static final long LATE_NANOS = MILLISECONDS.toNanos(250);

  private final Health health;
  private final Speeds speeds;
  private final Silence silence = new Silence();
  private long successes;
  private long failures;

  Ledger(Health health, Speeds speeds) {
    this.health = health;
    this.speeds = speeds;
  }

  /** Attempts that were answered. */
  long successes() {
    return successes;
  }

  /** Attempts that were not; given-up ones are in neither. */
  long failures() {
    return failures;
  }

  void began(long nowNanos) {
    silence.began(nowNanos);
  }

  /**
   * An attempt came to an outcome.
   *
   * @param inFlight other attempts under way
   */
  void concluded(Attempt attempt, Outcome outcome, int inFlight, long nowNanos) {
    switch (outcome) {
      case Outcome.Answer _, Outcome.Rejected _ -> served(attempt, inFlight, nowNanos);
      case Outcome.Unserved unserved -> unserved(attempt, unserved, inFlight, nowNanos);
      // Not for a transport to say; nothing is known then.
      case Outcome.Refused _ -> {}
    }
  }

  private void served(Attempt attempt, int inFlight, long now) {
    long elapsed = now - attempt.beganNanos();
    boolean late = isLate(attempt, now);
    successes++;
    silence.broken(now, inFlight);
    if (!late && attempt.kind() == Attempt.Kind.PROBE) {
      speeds.answeredProbe(elapsed, now);
    } else if (!late && attempt.kind() != Attempt.Kind.SURVEY) {
      speeds.answered(attempt.pace(), elapsed, now);
    }
    health.succeeded(attempt.method(), attempt.beganNanos(), now);
  }

  private void unserved(Attempt attempt, Outcome.Unserved unserved, int inFlight, long now) {
    Trouble trouble = unserved.trouble();
    if (trouble == Trouble.BUSY) {
      return;
    }
    if (trouble == Trouble.HASH_REFUSED) {
      silence.broken(now, inFlight); // it is well, and asked again in other words
      return;
    }
    boolean late = isLate(attempt, now);
    failures++;
    if (late || trouble != Trouble.TIMEOUT) {
      silence.broken(now, inFlight);
    }
    if (!late && attempt.kind() != Attempt.Kind.SURVEY && countsAsSlow(trouble)) {
      speeds.failed(attempt.pace(), now - attempt.beganNanos(), now);
    }
    health.unserved(unserved, attempt, late, now);
  }

  private static boolean countsAsSlow(Trouble trouble) {
    return (trouble.against() != Trouble.Against.NOBODY && trouble != Trouble.METHOD_CLOSED)
        || trouble.pause() != Trouble.Pause.NONE;
  }

  /**
   * An attempt was given up: that alone is nobody's fault. Returns after how long to {@link #look}
   * whether anything came back since; -1 when that is planned already, or not needed.
   */
  long abandoned(Attempt attempt, long nowNanos) {
    if (attempt.kind() == Attempt.Kind.UNSENT || isLate(attempt, nowNanos)) {
      return -1;
    }
    speeds.abandoned(attempt.pace(), nowNanos - attempt.beganNanos(), nowNanos);
    return silence.abandoned(attempt.beganNanos())
        ? silence.untilLookNanos(attempt.timeoutNanos(), nowNanos)
        : -1;
  }

  /**
   * Looks whether anything came back since attempts were given up. Returns after how long to look
   * again; -1 when that is not needed.
   *
   * @param dueNanos when the look was to be
   */
  long look(Attempt attempt, long dueNanos, int inFlight, long nowNanos) {
    if (nowNanos - dueNanos > LATE_NANOS) {
      silence.broken(nowNanos, inFlight);
    }
    return switch (silence.look(attempt.timeoutNanos(), nowNanos)) {
      case PROVEN -> {
        health.silent(attempt.method(), attempt.beganNanos(), nowNanos);
        yield -1;
      }
      case UNDECIDED -> silence.untilLookNanos(attempt.timeoutNanos(), nowNanos);
      case NOTHING -> -1;
    };
  }

  private static boolean isLate(Attempt attempt, long nowNanos) {
    return nowNanos - attempt.beganNanos() > attempt.timeoutNanos() + LATE_NANOS;
  }
}

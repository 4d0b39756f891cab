package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.random.RandomGenerator;

/**
 * Takes a failing provider out and lets it back in by degrees. Guarded by its owner.
 *
 * <p>In use until enough attempts fail; then out for a cool-down that doubles with each relapse;
 * then on probation, one attempt at a time, until several succeed over a time that grows with the
 * cool-down (so that a provider which flaps faster than that stays out); then in use with a share
 * that grows from a tenth to the whole. What began before the latest ejection is never held against
 * a provider afterwards.
 */
final class Breaker {

  /** What a failure led to. */
  enum Verdict {
    /** It says nothing about now: it began before, or while, the provider was out. */
    IGNORED,
    COUNTED,
    EJECTED,
    /** The failures are of one method only, while others went well: not the provider's fault. */
    METHOD_ONLY
  }

  enum Phase {
    IN_USE,
    OUT,
    PROBATION,
    RAMP
  }

  private static final int PROBATION_SUCCESSES = 3;
  private static final long PROBATION_NANOS_MAX = SECONDS.toNanos(2);
  private static final long RAMP_NANOS_MIN = SECONDS.toNanos(1);
  private static final double RAMP_START = 0.1;
  private static final int OUT_SUCCESSES = 10;
  private static final long OUT_SUCCESS_NANOS = SECONDS.toNanos(2);
  private static final long RETRY_SOON_NANOS = MILLISECONDS.toNanos(50);
  private static final long LAST_RESORT_GAP_NANOS = SECONDS.toNanos(1);
  private static final int DEAD_STREAK = 20;
  private static final long HEALTHY_NANOS_MIN = SECONDS.toNanos(10);
  private static final long HEALTHY_NANOS_MAX = SECONDS.toNanos(120);

  private final Tolerance tolerance;
  private final Backoff backoff;
  private final FailureWindow window;
  private final long rampNanosMax;

  private Phase phase = Phase.IN_USE;
  private long untilNanos;

  /** Attempts that began earlier say nothing about now. */
  private long sinceNanos;

  private long outSinceNanos;
  private long coolDownNanos;
  private long inUseSinceNanos;

  private int streak;
  private long streakBeganNanos;
  private String streakMethod = "";

  private String succeededMethod = "";
  private long succeededNanos;
  private long otherSucceededNanos;

  private int successes;
  private long firstSuccessNanos;
  private boolean probing;
  private long lastResortNanos;

  Breaker(Tolerance tolerance, RandomGenerator random, long nowNanos) {
    this.tolerance = tolerance;
    this.backoff =
        new Backoff(
            MILLISECONDS.toNanos(tolerance.coolDownMillis()),
            MILLISECONDS.toNanos(tolerance.coolDownMillisMax()),
            random);
    this.window =
        new FailureWindow(MILLISECONDS.toNanos(tolerance.failureWindowMillis()), nowNanos);
    this.rampNanosMax = MILLISECONDS.toNanos(tolerance.rampMillisMax());
    sinceNanos = nowNanos;
    inUseSinceNanos = nowNanos;
    long longAgo = nowNanos - SECONDS.toNanos(3600);
    succeededNanos = longAgo;
    otherSucceededNanos = longAgo;
    lastResortNanos = longAgo;
  }

  Phase phase(long nowNanos) {
    if (phase == Phase.OUT && nowNanos - untilNanos >= 0) {
      phase = Phase.PROBATION;
      sinceNanos = nowNanos;
      successes = 0;
      probing = false;
    } else if (phase == Phase.RAMP && nowNanos - untilNanos >= 0) {
      phase = Phase.IN_USE;
      inUseSinceNanos = nowNanos;
    }
    return phase;
  }

  Standing standing(long nowNanos) {
    return switch (phase(nowNanos)) {
      case IN_USE -> Standing.READY;
      case RAMP -> Standing.RECOVERING;
      case OUT -> Standing.suspected(Reason.EJECTED, untilNanos - nowNanos);
      case PROBATION ->
          probing
              ? Standing.suspected(Reason.EJECTED, RETRY_SOON_NANOS)
              : Standing.trickle(Reason.EJECTED);
    };
  }

  /** The share of its usual traffic that the provider should get: 1, or less while it returns. */
  double rampFactor(long nowNanos) {
    if (phase(nowNanos) != Phase.RAMP) {
      return 1;
    }
    double left = (double) (untilNanos - nowNanos) / (untilNanos - sinceNanos);
    return RAMP_START + (1 - RAMP_START) * (1 - left);
  }

  /** An attempt starts; true when it holds the one place on probation. */
  boolean began(long nowNanos) {
    if (phase(nowNanos) != Phase.PROBATION || probing) {
      return false;
    }
    lastResortNanos = nowNanos; // a dead one is not tried twice
    probing = true;
    return true;
  }

  /** The attempt that held the place on probation is over. */
  void probeEnded(long beganNanos) {
    if (beganNanos - sinceNanos >= 0) {
      probing = false;
    }
  }

  /**
   * Whether an ejected provider may be asked because nobody else is left: freely while it still
   * serves now and then, else once a second.
   */
  boolean takeLastResort(long nowNanos) {
    if (streak >= DEAD_STREAK) {
      if (nowNanos - lastResortNanos < LAST_RESORT_GAP_NANOS) {
        return false;
      }
      lastResortNanos = nowNanos;
    }
    return true;
  }

  void succeeded(String method, long beganNanos, long nowNanos) {
    if (!method.equals(succeededMethod)) {
      otherSucceededNanos = succeededNanos;
      succeededMethod = method;
    }
    succeededNanos = nowNanos;
    Phase now = phase(nowNanos);
    if (beganNanos - sinceNanos < 0) {
      return;
    }
    streak = 0;
    switch (now) {
      case IN_USE -> {
        window.succeeded(nowNanos);
        if (backoff.hasGrown() && nowNanos - inUseSinceNanos >= healthyNanos()) {
          backoff.reset();
        }
      }
      case RAMP -> window.succeeded(nowNanos);
      case PROBATION -> {
        long provingNanos = Math.min(PROBATION_NANOS_MAX, coolDownNanos / 4);
        if (provenFor(PROBATION_SUCCESSES, provingNanos, nowNanos)) {
          startRamp(nowNanos);
        }
      }
      case OUT -> {
        if (provenFor(OUT_SUCCESSES, OUT_SUCCESS_NANOS, nowNanos)) {
          startRamp(nowNanos);
        }
      }
    }
  }

  /**
   * Counts a failure.
   *
   * @param clear whether one failure is enough
   * @param silent whether nothing came back at all, so that asking on would only wait
   */
  Verdict failed(String method, boolean clear, boolean silent, long beganNanos, long nowNanos) {
    Phase now = phase(nowNanos);
    if (beganNanos - sinceNanos < 0) {
      return Verdict.IGNORED;
    }
    if (streak == 0) {
      streakMethod = method;
      streakBeganNanos = beganNanos;
    } else if (!streakMethod.equals(method)) {
      streakMethod = "";
    }
    streakBeganNanos = Math.min(streakBeganNanos, beganNanos);
    streak++;
    if (clear || (silent && streak >= tolerance.consecutiveFailures())) {
      streak = Math.max(streak, DEAD_STREAK);
    }
    successes = 0;
    return switch (now) {
      case OUT -> Verdict.IGNORED;
      case PROBATION -> eject(nowNanos);
      case IN_USE, RAMP -> {
        window.failed(method, nowNanos);
        yield judge(method, clear, nowNanos);
      }
    };
  }

  private Verdict judge(String method, boolean clear, long nowNanos) {
    if (clear) {
      return eject(nowNanos);
    }
    if (streak >= tolerance.consecutiveFailures()) {
      if (streakMethod.isEmpty() || otherSuccessNanos(method) - streakBeganNanos <= 0) {
        return eject(nowNanos);
      }
      return spare();
    }
    if (window.isBad(tolerance.windowMinimum(), tolerance.failureShare(), nowNanos)) {
      if (!window.onlyFailed(method) || otherSuccessNanos(method) - window.badSinceNanos() <= 0) {
        return eject(nowNanos);
      }
      return spare();
    }
    return Verdict.COUNTED;
  }

  private Verdict spare() {
    streak = 0;
    window.clear();
    return Verdict.METHOD_ONLY;
  }

  /** When a method other than this one was last answered. */
  private long otherSuccessNanos(String method) {
    return method.equals(succeededMethod) ? otherSucceededNanos : succeededNanos;
  }

  private Verdict eject(long nowNanos) {
    if (phase == Phase.IN_USE || phase == Phase.RAMP) {
      outSinceNanos = nowNanos;
    }
    phase = Phase.OUT;
    coolDownNanos = backoff.nextNanos();
    untilNanos = nowNanos + coolDownNanos;
    sinceNanos = nowNanos;
    successes = 0;
    probing = false;
    window.clear();
    return Verdict.EJECTED;
  }

  private boolean provenFor(int wanted, long wantedNanos, long nowNanos) {
    if (successes == 0) {
      firstSuccessNanos = nowNanos;
    }
    successes++;
    return successes >= wanted && nowNanos - firstSuccessNanos >= wantedNanos;
  }

  private void startRamp(long nowNanos) {
    long outNanos = nowNanos - outSinceNanos;
    phase = Phase.RAMP;
    sinceNanos = nowNanos;
    untilNanos = nowNanos + Math.clamp(outNanos / 4, RAMP_NANOS_MIN, rampNanosMax);
    streak = 0;
    window.clear();
  }

  private long healthyNanos() {
    return Math.clamp(2 * coolDownNanos, HEALTHY_NANOS_MIN, HEALTHY_NANOS_MAX);
  }
}

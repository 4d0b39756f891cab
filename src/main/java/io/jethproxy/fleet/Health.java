package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is held against one provider now, and what follows from it: its chain, pauses, breaker, rate
 * and marked methods, each in a class of its own. Guarded by the provider's lock.
 */
final class Health {

  private static final int THROTTLE_MILLIS = 1_000;
  private static final int THROTTLE_MILLIS_MAX = 60_000;
  private static final int SYNCING_MILLIS = 5_000;
  private static final int SYNCING_MILLIS_MAX = 60_000;

  private final long chainId;
  private final long retryAfterNanosMax;
  private final Breaker breaker;
  private final Throttle throttle;
  private final MethodMarks marks;
  private final Pause pause = new Pause();
  private final Denials denials = new Denials();
  private final Backoff throttleBackoff;
  private final Backoff longBackoff;
  private final Backoff syncingBackoff;
  private Reason chain = Reason.UNIDENTIFIED;
  private boolean strayed;
  private String cause = "";

  Health(long chainId, Tolerance tolerance, RandomGenerator random, long nowNanos) {
    this.chainId = chainId;
    retryAfterNanosMax = MILLISECONDS.toNanos(tolerance.retryAfterMillisMax());
    breaker = new Breaker(tolerance, random, nowNanos);
    throttle = new Throttle(nowNanos);
    marks = new MethodMarks(tolerance, random);
    throttleBackoff = backoff(THROTTLE_MILLIS, THROTTLE_MILLIS_MAX, random);
    longBackoff = backoff(tolerance.longPauseMillis(), tolerance.longPauseMillisMax(), random);
    syncingBackoff = backoff(SYNCING_MILLIS, SYNCING_MILLIS_MAX, random);
  }

  void identified(long id) {
    if (id != chainId) {
      fence();
    } else if (chain != Reason.HEALTHY) {
      chain = Reason.HEALTHY;
      cause = "";
    }
  }

  private void fence() {
    chain = Reason.WRONG_CHAIN;
    cause = chain.label();
  }

  void strayed() {
    strayed = true;
    cause = Reason.FORKED.label();
  }

  void returned() {
    strayed = false;
  }

  boolean isIdentified() {
    return chain() == Reason.HEALTHY;
  }

  /** Whether it serves the right chain, and the branch of it that the others are on. */
  private Reason chain() {
    return chain == Reason.HEALTHY && strayed ? Reason.FORKED : chain;
  }

  /** Nothing at all is held against the provider, in any method. */
  boolean isCalm(long nowNanos) {
    return condition(nowNanos) == Reason.HEALTHY && marks.isEmpty();
  }

  Standing standing(String method, long nowNanos) {
    if (!isIdentified()) {
      return Standing.firm(chain(), Standing.UNKNOWN);
    }
    Standing worst = worse(pause.standing(nowNanos), breaker.standing(nowNanos));
    long throttleWait = throttle.waitNanos(nowNanos);
    if (throttleWait > 0) {
      worst = worse(worst, Standing.suspected(Reason.THROTTLED, throttleWait));
    }
    return worse(worst, marks.standing(method, nowNanos));
  }

  /** Whether the provider may be asked although it is out, since nobody else is left. */
  boolean takeLastResort(String method, long nowNanos) {
    return pause.takeLastResort(nowNanos)
        && (breaker.standing(nowNanos).isReady() || breaker.takeLastResort(nowNanos))
        && (throttle.waitNanos(nowNanos) == 0 || throttle.takeLastResort(nowNanos))
        && marks.takeLastResort(method, nowNanos);
  }

  /** The state of the provider as a whole, as operators see it. */
  Reason condition(long nowNanos) {
    if (!isIdentified()) {
      return chain();
    }
    if (pause.isActive() && pause.reason() != Reason.THROTTLED) {
      return pause.reason();
    }
    Breaker.Phase phase = breaker.phase(nowNanos);
    if (phase == Breaker.Phase.OUT || phase == Breaker.Phase.PROBATION) {
      return Reason.EJECTED;
    }
    if (pause.isActive() || throttle.isActive(nowNanos)) {
      return Reason.THROTTLED;
    }
    return phase == Breaker.Phase.RAMP ? Reason.RECOVERING : Reason.HEALTHY;
  }

  /** What brought the present condition about: a trouble's label. */
  String cause() {
    return cause;
  }

  double rampFactor(long nowNanos) {
    return breaker.rampFactor(nowNanos);
  }

  /** How long even the gateway's own probes should leave the provider alone. */
  long quietNanos(long nowNanos) {
    return pause.leftNanos(nowNanos);
  }

  List<Vitals.MethodMark> methodMarks(long nowNanos) {
    return marks.list(nowNanos);
  }

  /** An attempt starts; true when it holds the one place on probation. */
  boolean began(String method, long nowNanos) {
    pause.began(nowNanos);
    throttle.began(nowNanos);
    marks.began(method, nowNanos);
    return breaker.began(nowNanos);
  }

  void probationEnded(long beganNanos) {
    breaker.probeEnded(beganNanos);
  }

  void succeeded(String method, long beganNanos, long nowNanos) {
    breaker.succeeded(method, beganNanos, nowNanos);
    throttle.served(nowNanos);
    pause.succeeded(beganNanos);
    denials.disprove();
    marks.succeeded(method, beganNanos, nowNanos);
  }

  /** Attempts were given up one after the other, and nothing came back for a whole timeout. */
  void silent(String method, long beganNanos, long nowNanos) {
    failed(Trouble.TIMEOUT, method, true, beganNanos, nowNanos);
  }

  /**
   * Counts what an attempt ran into.
   *
   * @param late whether it ended long after its timeout, so that it was the gateway that stood
   *     still
   */
  void unserved(Outcome.Unserved unserved, Attempt attempt, boolean late, long nowNanos) {
    Trouble trouble = unserved.trouble();
    String method = attempt.method();
    long beganNanos = attempt.beganNanos();
    if (!late) {
      hold(trouble, attempt, nowNanos);
    }
    long told =
        Math.min(
            retryAfterNanosMax, MILLISECONDS.toNanos(Math.max(0, unserved.retryAfterMillis())));
    switch (trouble.pause()) {
      case NONE -> {}
      case UNTIL_PROVEN -> fence();
      case SHORT, LONG -> {
        if (unserved.perMethod()) {
          marks.limit(method, Reason.ofPause(trouble), told, beganNanos, nowNanos);
        } else {
          rest(trouble, told, attempt, nowNanos);
        }
      }
    }
  }

  private void hold(Trouble trouble, Attempt attempt, long nowNanos) {
    String method = attempt.method();
    long beganNanos = attempt.beganNanos();
    switch (trouble.against()) {
      case NOBODY -> {}
      case METHOD -> {
        if (trouble != Trouble.METHOD_CLOSED) {
          marks.failed(method, beganNanos, nowNanos);
        } else if (attempt.kind() != Attempt.Kind.SURVEY) {
          // Of a survey it may be the old blocks that are refused so: it finds out by itself.
          marks.close(method, nowNanos);
        }
      }
      case PROVIDER -> failed(trouble, method, false, beganNanos, nowNanos);
      case PROVIDER_AT_ONCE -> failed(trouble, method, true, beganNanos, nowNanos);
    }
  }

  private void failed(
      Trouble trouble, String method, boolean clear, long beganNanos, long nowNanos) {
    boolean silent = trouble == Trouble.TIMEOUT || trouble == Trouble.CONNECT_TIMEOUT;
    switch (breaker.failed(method, clear, silent, beganNanos, nowNanos)) {
      case IGNORED -> {}
      case COUNTED -> marks.failed(method, beganNanos, nowNanos);
      case METHOD_ONLY -> marks.blame(method, beganNanos, nowNanos);
      case EJECTED -> {
        marks.forgive();
        cause = trouble.label();
      }
    }
  }

  private void rest(Trouble trouble, long toldNanos, Attempt attempt, long nowNanos) {
    long beganNanos = attempt.beganNanos();
    switch (Reason.ofPause(trouble)) {
      case THROTTLED -> slowDown(trouble, toldNanos, beganNanos, nowNanos);
      case SYNCING -> stop(syncingBackoff, trouble, toldNanos, beganNanos, nowNanos);
      case AUTH, BILLING -> {
        if (attempt.isVital() || isDenied(attempt, nowNanos)) {
          stop(longBackoff, trouble, toldNanos, beganNanos, nowNanos);
          marks.forgive();
        }
      }
      default -> stop(longBackoff, trouble, toldNanos, beganNanos, nowNanos);
    }
  }

  /** Whether a refused call shows that all are; else it is held against its method at most. */
  private boolean isDenied(Attempt attempt, long nowNanos) {
    if (quietNanos(nowNanos) > 0) {
      return false; // it is left alone already
    }
    if (denials.prove(attempt.method(), nowNanos)) {
      return true;
    }
    marks.failed(attempt.method(), attempt.beganNanos(), nowNanos);
    return false;
  }

  /** Whether the provider should be asked now if it refuses everything; says so once. */
  boolean takeQuestion() {
    return denials.takeQuestion();
  }

  /** Half the rate; and a pause, if the provider asks for it or not even that rate is served. */
  private void slowDown(Trouble trouble, long toldNanos, long beganNanos, long nowNanos) {
    boolean news = throttle.refused(beganNanos, nowNanos);
    if (news) {
      cause = trouble.label();
    }
    if (toldNanos > 0) {
      pause.impose(Reason.THROTTLED, nowNanos, toldNanos, true);
    } else if (news && throttle.isBarren(nowNanos) && trouble.against() == Trouble.Against.NOBODY) {
      resetIfForgotten(throttleBackoff, nowNanos);
      pause.impose(Reason.THROTTLED, nowNanos, throttleBackoff.nextNanos(), false);
    }
  }

  private void stop(
      Backoff backoff, Trouble trouble, long toldNanos, long beganNanos, long nowNanos) {
    if (pause.isOlderNews(beganNanos) && pause.reason() == Reason.ofPause(trouble)) {
      return;
    }
    resetIfForgotten(backoff, nowNanos);
    long nanos = Math.max(toldNanos, backoff.nextNanos());
    pause.impose(Reason.ofPause(trouble), nowNanos, nanos, true);
    cause = trouble.label();
  }

  private void resetIfForgotten(Backoff backoff, long nowNanos) {
    if (pause.isForgotten(nowNanos)) {
      backoff.reset();
    }
  }

  private static Standing worse(Standing one, Standing other) {
    int difference = rank(one) - rank(other);
    if (difference != 0) {
      return difference > 0 ? one : other;
    }
    return one.waitNanos() >= other.waitNanos() ? one : other;
  }

  private static int rank(Standing standing) {
    return switch (standing.use()) {
      case READY -> standing.reason() == Reason.HEALTHY ? 0 : 1;
      case TRICKLE -> 2;
      case OUT -> standing.yields() ? 3 : 4;
    };
  }

  private static Backoff backoff(int firstMillis, int boundMillis, RandomGenerator random) {
    return new Backoff(
        MILLISECONDS.toNanos(firstMillis), MILLISECONDS.toNanos(boundMillis), random);
  }
}

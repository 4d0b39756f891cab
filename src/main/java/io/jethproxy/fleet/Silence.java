package io.jethproxy.fleet;

/**
 * Notices a provider that answers nothing while each of its attempts is given up early, because
 * another provider was faster: none of them would ever count as a timeout. Guarded by its owner.
 */
final class Silence {

  /** What a look at the silence led to. */
  enum Finding {
    /** Nothing came back for a whole timeout, though several attempts waited. */
    PROVEN,
    /** Look again when {@link Silence#untilLookNanos} have passed. */
    UNDECIDED,
    NOTHING
  }

  private static final int ABANDONED_MIN = 5;

  private boolean listening;
  private long sinceNanos;
  private int abandoned;
  private boolean lookPlanned;

  void began(long nowNanos) {
    if (!listening) {
      start(nowNanos);
    }
  }

  /** Something came back, or the gateway itself stood still. */
  void broken(long nowNanos, int inFlight) {
    listening = false;
    if (inFlight > 0) {
      start(nowNanos);
    }
  }

  /** An attempt was given up; true when a look should be planned. */
  boolean abandoned(long beganNanos) {
    if (!listening) {
      start(beganNanos);
    }
    abandoned++;
    boolean plan = !lookPlanned;
    lookPlanned = true;
    return plan;
  }

  long untilLookNanos(long timeoutNanos, long nowNanos) {
    return Math.max(0, sinceNanos + timeoutNanos - nowNanos);
  }

  Finding look(long timeoutNanos, long nowNanos) {
    boolean undecided = listening && abandoned > 0 && untilLookNanos(timeoutNanos, nowNanos) > 0;
    if (undecided) {
      return Finding.UNDECIDED;
    }
    lookPlanned = false;
    boolean proven = listening && abandoned >= ABANDONED_MIN;
    listening = false;
    return proven ? Finding.PROVEN : Finding.NOTHING;
  }

  private void start(long nowNanos) {
    listening = true;
    sinceNanos = nowNanos;
    abandoned = 0;
  }
}

package io.jethproxy.fleet;

/**
 * Notices a provider that answers nothing while each of its attempts is given up early, because
 * another provider was faster: none of them would ever count as a timeout. Guarded by its owner.
 */
final class Silence {

  private static final int ABANDONED_MIN = 5;

  private boolean listening;
  private long sinceNanos;
  private long lastNanos;
  private int abandoned;

  void began(long nowNanos) {
    if (!listening) {
      start(nowNanos);
    }
  }

  /** Something came back. */
  void broken(long nowNanos, int inFlight) {
    listening = false;
    if (inFlight > 0) {
      start(nowNanos);
    }
  }

  /**
   * An attempt was given up.
   *
   * @return whether by now nothing came back for a whole timeout though several attempts waited
   */
  boolean abandoned(long beganNanos, long timeoutNanos, long nowNanos) {
    if (!listening || beganNanos - lastNanos > timeoutNanos) {
      start(beganNanos);
    }
    abandoned++;
    lastNanos = nowNanos;
    if (abandoned < ABANDONED_MIN || nowNanos - sinceNanos < timeoutNanos) {
      return false;
    }
    listening = false;
    return true;
  }

  private void start(long nowNanos) {
    listening = true;
    sinceNanos = nowNanos;
    lastNanos = nowNanos;
    abandoned = 0;
  }
}

package io.jethproxy.fleet;

/**
 * Whether a provider may be asked a method at this moment.
 *
 * @param use how freely
 * @param reason why
 * @param waitNanos how long until that may change, when out; {@link #UNKNOWN} when only proof helps
 * @param yields whether the rule may be bent when nobody else is left: true for what we only
 *     suspect, false for what the provider said or what would give wrong answers
 */
public record Standing(Use use, Reason reason, long waitNanos, boolean yields) {

  /** A wait whose end no clock knows. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  static final Standing READY = new Standing(Use.READY, Reason.HEALTHY, 0, false);
  static final Standing RECOVERING = new Standing(Use.READY, Reason.RECOVERING, 0, false);
  static final Standing UNIDENTIFIED = firm(Reason.UNIDENTIFIED, UNKNOWN);

  /** How freely a provider may be asked. */
  public enum Use {
    READY,
    /** On probation: one try now and then. */
    TRICKLE,
    OUT
  }

  static Standing trickle(Reason reason) {
    return new Standing(Use.TRICKLE, reason, 0, false);
  }

  /** Out for a reason that is our own guess. */
  static Standing suspected(Reason reason, long waitNanos) {
    return new Standing(Use.OUT, reason, Math.max(0, waitNanos), true);
  }

  /** Out for a reason that must be obeyed. */
  static Standing firm(Reason reason, long waitNanos) {
    return new Standing(Use.OUT, reason, Math.max(0, waitNanos), false);
  }

  public boolean isReady() {
    return use == Use.READY;
  }

  public boolean isOut() {
    return use == Use.OUT;
  }
}

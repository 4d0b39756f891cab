package io.jethproxy.fleet;

/**
 * How much a provider may go wrong, and what follows from more: how much is too much.
 *
 * @param maxConcurrent attempts under way at once
 * @param consecutiveFailures so many failures in a row eject
 * @param failureWindowMillis over this time ...
 * @param windowMinimum ... at least so many attempts ...
 * @param failureShare ... of which this share failed eject, 0 to 1
 * @param coolDownMillis the first time out; doubles with each relapse
 * @param coolDownMillisMax the longest time out
 * @param rampMillisMax the longest time from a tenth of its share to the whole, after an outage
 * @param longPauseMillis the first pause for quota, billing and access trouble; doubles
 * @param longPauseMillisMax the longest such pause
 * @param retryAfterMillisMax the longest wait that a provider may ask for
 */
public record Tolerance(
    int maxConcurrent,
    int consecutiveFailures,
    int failureWindowMillis,
    int windowMinimum,
    double failureShare,
    int coolDownMillis,
    int coolDownMillisMax,
    int rampMillisMax,
    int longPauseMillis,
    int longPauseMillisMax,
    int retryAfterMillisMax) {

  public static final Tolerance DEFAULTS =
      new Tolerance(200, 5, 10_000, 10, 0.5, 1_000, 60_000, 12_000, 60_000, 600_000, 300_000);

  public Tolerance {
    positive("maxConcurrent", maxConcurrent);
    positive("consecutiveFailures", consecutiveFailures);
    positive("failureWindowMillis", failureWindowMillis);
    positive("windowMinimum", windowMinimum);
    if (!(failureShare > 0 && failureShare <= 1)) {
      throw new IllegalArgumentException("failureShare: " + failureShare + " (expected: 0..1)");
    }
    positive("coolDownMillis", coolDownMillis);
    atLeast("coolDownMillisMax", coolDownMillisMax, coolDownMillis);
    atLeast("rampMillisMax", rampMillisMax, 1_000);
    positive("longPauseMillis", longPauseMillis);
    atLeast("longPauseMillisMax", longPauseMillisMax, longPauseMillis);
    positive("retryAfterMillisMax", retryAfterMillisMax);
  }

  /** The same with another bound on the attempts under way. */
  public Tolerance withMaxConcurrent(int attempts) {
    return new Tolerance(
        attempts,
        consecutiveFailures,
        failureWindowMillis,
        windowMinimum,
        failureShare,
        coolDownMillis,
        coolDownMillisMax,
        rampMillisMax,
        longPauseMillis,
        longPauseMillisMax,
        retryAfterMillisMax);
  }

  private static void positive(String name, int value) {
    atLeast(name, value, 1);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }
}

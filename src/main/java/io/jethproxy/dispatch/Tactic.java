package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.eth.MethodSpec;
import java.time.Duration;

/**
 * How a call is tried: the loop is the same for all, the numbers are not.
 *
 * @param attemptNanos the deadline of one attempt at one provider
 * @param hedges whether a slow first attempt gets company
 */
record Tactic(long attemptNanos, boolean hedges) {

  /** Logs, traces and proofs take their time at honest providers too. */
  private static final int SLOW_FACTOR = 4;

  static Tactic of(Call call, Duration attempt, boolean hedging) {
    MethodSpec method = call.method();
    long nanos = attempt.toNanos();
    return new Tactic(
        method.pace() == MethodSpec.Pace.SLOW ? SLOW_FACTOR * nanos : nanos,
        hedging && method.hedgeable() && method.effect() == MethodSpec.Effect.READ);
  }
}

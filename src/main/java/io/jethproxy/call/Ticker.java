package io.jethproxy.call;

import java.util.concurrent.TimeUnit;

/** The only source of time: a monotonic clock with alarms. Tests turn it by hand. */
public interface Ticker {

  /** Monotonic nanoseconds with an arbitrary origin; differences are durations. */
  long nanos();

  /**
   * Runs {@code action} once, {@code afterNanos} from now (at once if not positive), on the event
   * loop of the calling thread. The cost of an alarm that is cancelled must be small.
   */
  Alarm alarm(long afterNanos, Runnable action);

  /** A pending alarm. */
  interface Alarm {
    /** Forgets the alarm; does nothing if it has rung. Call it on the loop that set the alarm. */
    void cancel();
  }

  default long millisSince(long sinceNanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos() - sinceNanos);
  }
}

package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.transport.Loops;
import java.util.concurrent.TimeUnit;

/** The system's monotonic clock, with alarms on the event loops. */
final class LoopTicker implements Ticker {

  private final Loops loops;

  LoopTicker(Loops loops) {
    this.loops = loops;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Alarm alarm(long afterNanos, Runnable action) {
    var scheduled = loops.current().schedule(action, Math.max(0, afterNanos), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}

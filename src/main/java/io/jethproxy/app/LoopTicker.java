package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.transport.Loops;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's monotonic clock, with alarms on the event loops. */
final class LoopTicker implements Ticker {

  private static final Logger LOG = LoggerFactory.getLogger(LoopTicker.class);

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
    var scheduled =
        loops.current().schedule(() -> ring(action), Math.max(0, afterNanos), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** A defect would otherwise end in a future that nobody looks at. */
  private static void ring(Runnable action) {
    try {
      action.run();
    } catch (Throwable defect) {
      LOG.atError().setCause(defect).log("a defect in an alarm");
      throw defect;
    }
  }
}

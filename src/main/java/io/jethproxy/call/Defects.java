package io.jethproxy.call;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Logs defects of one part, one line a minute at most, where nobody else would hear of them. On any
 * thread.
 */
public final class Defects {

  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Logger logger;
  private final Ticker ticker;
  private final AtomicLong nextNanos;
  private final AtomicLong unlogged = new AtomicLong();

  public Defects(Logger logger, Ticker ticker) {
    this.logger = logger;
    this.ticker = ticker;
    nextNanos = new AtomicLong(ticker.nanos());
  }

  /**
   * Logs it, or counts it for the next line.
   *
   * @param provider whose answer was being worked on
   * @param what for people: what was being done
   */
  public void log(String provider, String what, Throwable defect) {
    long now = ticker.nanos();
    long next = nextNanos.get();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + LINE_NANOS)) {
      unlogged.incrementAndGet();
      return;
    }
    var line = logger.atError().addKeyValue("provider", provider).setCause(defect);
    long more = unlogged.getAndSet(0);
    if (more > 0) {
      line = line.addKeyValue("defects_not_logged", more);
    }
    line.log("a defect {}", what);
  }
}

package io.jethproxy.chain;

import io.jethproxy.call.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The time in which providers are heard before anything is decided, at the start and after
 * idleness: the first to answer should not decide alone what the chain is when others are about to.
 * Belongs to a {@link Follower} and its loop.
 */
final class Muster {

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final BooleanSupplier isShort;
  private final Runnable closed;
  private Ticker.Alarm end = () -> {};
  private boolean open;

  /**
   * @param isShort whether too few were heard yet
   * @param closed run when the time is over although too few were heard
   */
  Muster(Ticker ticker, BooleanSupplier isShort, Runnable closed) {
    this.ticker = ticker;
    this.isShort = isShort;
    this.closed = closed;
  }

  void begin() {
    end.cancel();
    open = true;
    end = ticker.alarm(WAIT_NANOS, this::timeIsOver);
  }

  private void timeIsOver() {
    if (open) {
      open = false;
      closed.run();
    }
  }

  /** Whether to wait for more; not any more when enough were heard. */
  boolean isOpen() {
    if (open && !isShort.getAsBoolean()) {
      end.cancel();
      open = false;
    }
    return open;
  }
}

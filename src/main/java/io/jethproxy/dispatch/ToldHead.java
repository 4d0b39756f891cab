package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Fleet;

/**
 * The newest block of one network that clients were told of: no later answer may be below it, and
 * whoever was told of a block may ask for it.
 *
 * <p>It follows the agreed head when that goes back, which takes a reorganisation. A block that
 * nobody stands by any more and that the others have not reached after a while never was one: it is
 * forgotten. Used by all loops, under its own lock, once per answer that tells the head.
 */
final class ToldHead {

  private static final long HOLD_NANOS_MIN = SECONDS.toNanos(15);
  private static final long HOLD_BLOCKS = 3;

  private final Ticker ticker;
  private long number = -1;
  private long sinceNanos;
  private long agreedBefore = -1;

  ToldHead(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * A provider says this number, and a client is going to be told of it.
   *
   * @return the number to tell: this one, or a newer one that clients know already
   */
  synchronized long tell(long said, Fleet fleet) {
    settle(fleet);
    if (said > number) {
      number = said;
      sinceNanos = ticker.nanos();
    }
    return number;
  }

  /** The newest block that clients may know of; never below the agreed head. */
  synchronized long number(Fleet fleet) {
    settle(fleet);
    return number;
  }

  private void settle(Fleet fleet) {
    long agreed = fleet.agreedHead();
    if (agreed < agreedBefore || agreed > number || isForsaken(fleet)) {
      number = agreed;
      sinceNanos = ticker.nanos();
    }
    agreedBefore = agreed;
  }

  private boolean isForsaken(Fleet fleet) {
    long hold =
        Math.max(
            HOLD_NANOS_MIN, MILLISECONDS.toNanos(HOLD_BLOCKS * fleet.network().blockTimeMillis()));
    return ticker.nanos() - sinceNanos > hold && fleet.shownHead() < number;
  }
}

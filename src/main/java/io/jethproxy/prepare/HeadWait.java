package io.jethproxy.prepare;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Waits for the head to get to a block, for a while. Runs on the call's own loop. */
final class HeadWait {

  private static final long LOOK_NANOS = MILLISECONDS.toNanos(20);

  private final Call call;
  private final Ticker ticker;
  private final BooleanSupplier isReached;
  private final long beganNanos;
  private final long waitNanos;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  /**
   * @param waitNanos how long at most; never more than half of the call's time
   * @param isReached whether the head is there now
   */
  HeadWait(Call call, Ticker ticker, long waitNanos, BooleanSupplier isReached) {
    this.call = call;
    this.ticker = ticker;
    this.isReached = isReached;
    this.beganNanos = ticker.nanos();
    this.waitNanos = Math.min(waitNanos, call.deadline().left(beganNanos) / 2);
  }

  /** Completes with whether the head got there. */
  CompletableFuture<Boolean> start() {
    look();
    return end;
  }

  private void look() {
    if (isReached.getAsBoolean()) {
      end.complete(true);
    } else if (isTimeLeft() && !call.abandonment().isDeclared()) {
      ticker.alarm(LOOK_NANOS, this::lookOrFail);
    } else {
      end.complete(false);
    }
  }

  /** Nobody else hears of a defect in an alarm. */
  private void lookOrFail() {
    try {
      look();
    } catch (RuntimeException | StackOverflowError defect) {
      end.completeExceptionally(defect);
    }
  }

  private boolean isTimeLeft() {
    return ticker.nanos() - beganNanos < waitNanos;
  }
}

package io.jethproxy.prepare;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Waits for the head to get to a block, for a while. Runs on the call's own loop. */
final class HeadWait {

  /** Longer than a block needs from the first provider to the others, usually. */
  static final long WAIT_NANOS = SECONDS.toNanos(2);

  private static final long LOOK_NANOS = MILLISECONDS.toNanos(20);

  /** Left of the call's time, to answer in. */
  private static final long ANSWER_NANOS = MILLISECONDS.toNanos(100);

  private final Call call;
  private final Ticker ticker;
  private final BooleanSupplier isReached;
  private final long beganNanos;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  /**
   * @param isReached whether the head is there now
   */
  HeadWait(Call call, Ticker ticker, BooleanSupplier isReached) {
    this.call = call;
    this.ticker = ticker;
    this.isReached = isReached;
    this.beganNanos = ticker.nanos();
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
      ticker.alarm(LOOK_NANOS, this::look);
    } else {
      end.complete(false);
    }
  }

  private boolean isTimeLeft() {
    long now = ticker.nanos();
    return now - beganNanos < WAIT_NANOS && call.deadline().left(now) > ANSWER_NANOS;
  }
}

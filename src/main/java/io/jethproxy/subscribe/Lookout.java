package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Waits for the chain log to come to where another replica was already, looking at it now and then
 * and no longer than it is told to.
 */
final class Lookout {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ChainLog log;
  private final Ticker ticker;

  Lookout(ChainLog log, Ticker ticker) {
    this.log = log;
    this.ticker = ticker;
  }

  /** Ends on the calling loop, with the chain as it is then, whether that is what was wanted. */
  CompletableFuture<View> until(Predicate<View> isWanted, long patienceNanos) {
    CompletableFuture<View> end = new CompletableFuture<>();
    look(isWanted, ticker.nanos() + patienceNanos, end);
    return end;
  }

  private void look(Predicate<View> isWanted, long untilNanos, CompletableFuture<View> end) {
    View now = log.view();
    if (isWanted.test(now) || ticker.nanos() - untilNanos >= 0) {
      end.complete(now);
    } else {
      var _ = ticker.alarm(LOOK_NANOS, () -> look(isWanted, untilNanos, end));
    }
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets calls at one filter have their turn one after the other, each on its own loop and no longer
 * than its deadline: what one was told, the next is not told again.
 */
final class Turns {

  /** More calls that wait at one filter are refused: no client polls so. */
  private static final int WAITING_MAX = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private static final Outcome TOO_LATE =
      new Outcome.Refused(
          new Refusal(Refusal.Kind.TIMEOUT, "no answer before the request's deadline", "deadline"));

  private static final Outcome TOO_MANY =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.LIMIT_EXCEEDED,
              "too many calls wait for one filter (limit: " + WAITING_MAX + ")",
              "filter_busy",
              1_000,
              List.of()));

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean isTaken;

  /**
   * Does the work when it is its turn.
   *
   * @param home the call's own loop
   * @param work ends on that loop
   */
  CompletableFuture<Outcome> take(
      Call call, Executor home, Ticker ticker, Supplier<CompletableFuture<Outcome>> work) {
    synchronized (this) {
      if (isTaken && waiting.size() >= WAITING_MAX) {
        return CompletableFuture.completedFuture(TOO_MANY);
      }
      if (isTaken) {
        return waitFor(call, home, ticker, work);
      }
      isTaken = true;
    }
    return doNow(work);
  }

  private CompletableFuture<Outcome> doNow(Supplier<CompletableFuture<Outcome>> work) {
    try {
      return work.get().whenComplete((outcome, defect) -> leave());
    } catch (Throwable defect) {
      leave();
      throw defect;
    }
  }

  private CompletableFuture<Outcome> waitFor(
      Call call, Executor home, Ticker ticker, Supplier<CompletableFuture<Outcome>> work) {
    CompletableFuture<Outcome> future = new CompletableFuture<>();
    Ticker.Alarm deadline =
        ticker.alarm(call.deadline().left(ticker.nanos()), () -> future.complete(TOO_LATE));
    Runnable turn =
        () -> {
          deadline.cancel();
          if (future.isDone()) {
            leave();
          } else {
            forward(work, future);
          }
        };
    waiting.add(() -> run(home, turn));
    return future;
  }

  private void forward(
      Supplier<CompletableFuture<Outcome>> work, CompletableFuture<Outcome> future) {
    try {
      doNow(work)
          .whenComplete((outcome, defect) -> {
            if (defect == null) {
              future.complete(outcome);
            } else {
              future.completeExceptionally(defect);
            }
          });
    } catch (RuntimeException defect) {
      future.completeExceptionally(defect);
    }
  }

  private void run(Executor home, Runnable turn) {
    try {
      home.execute(turn);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("a poll of a filter has no loop any more: the gateway is closing");
      leave();
    }
  }

  private void leave() {
    @Nullable Runnable next;
    synchronized (this) {
      next = waiting.poll();
      isTaken = next != null;
    }
    if (next != null) {
      next.run();
    }
  }
}

package io.jethproxy.cache;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call on a {@link Trip}. Ends on its own loop: with the trip's outcome, at its own deadline,
 * or when its client goes away.
 */
final class Waiter {

  private static final Outcome TOO_LATE =
      refusal("no answer before the request's deadline", "deadline");
  private static final Outcome ABANDONED = refusal("the client went away", "abandoned");

  private final Call call;
  private final Handler next;
  private final Executor home;
  private final Ticker ticker;
  private final CompletableFuture<Outcome> future = new CompletableFuture<>();
  private Ticker.@Nullable Alarm deadline;

  /** Written by the loop that moves it on, read by its own. */
  private volatile @Nullable Trip trip;

  private volatile boolean gone;

  /** Whether it came after its trip had begun; guarded by the trip. */
  private boolean late;

  Waiter(Call call, Handler next, Executor home, Ticker ticker) {
    this.call = call;
    this.next = next;
    this.home = home;
    this.ticker = ticker;
  }

  // On its own loop.

  /** Is about to join a trip that somebody else leads. */
  void aimFor(Trip other) {
    trip = other;
  }

  /** Waits for the trip that it is on. */
  void joined() {
    deadline = ticker.alarm(call.deadline().left(ticker.nanos()), () -> leave(TOO_LATE));
    watchClient();
  }

  /** Leads a trip; the stages below keep its deadline. */
  void lead(Trip own) {
    trip = own;
    watchClient();
  }

  private void watchClient() {
    if (!future.isDone()) {
      call.abandonment().onDeclared(() -> leave(ABANDONED));
    }
  }

  private void leave(Outcome outcome) {
    if (future.isDone()) {
      return;
    }
    gone = true;
    Trip left = trip;
    if (left != null) {
      left.leave(this);
    }
    end(() -> future.complete(outcome));
  }

  /**
   * The trip's outcome.
   *
   * @param report the trip's journal, for the one caller that it is told to
   */
  void arrive(Outcome outcome, @Nullable Journal report) {
    if (future.isDone()) {
      return;
    }
    if (report != null) {
      Trip.copy(report, call.journal());
    }
    if (outcome instanceof Outcome.Answer answer) {
      call.journal().servedBy(answer.by());
    }
    end(() -> future.complete(outcome));
  }

  /** The stages below have a defect. */
  void fail(Throwable defect) {
    end(() -> future.completeExceptionally(defect));
  }

  private void end(Runnable completion) {
    if (deadline != null) {
      deadline.cancel();
    }
    completion.run();
  }

  // From any thread.

  /** Goes on with another trip, unless it is gone. */
  void moveTo(Trip other) {
    trip = other;
    if (gone) {
      other.leave(this);
    }
  }

  boolean isGone() {
    return gone;
  }

  boolean isLate() {
    return late;
  }

  void setLate(boolean isLate) {
    late = isLate;
  }

  Call call() {
    return call;
  }

  Handler next() {
    return next;
  }

  Executor home() {
    return home;
  }

  CompletableFuture<Outcome> future() {
    return future;
  }

  private static Outcome refusal(String message, String reason) {
    return new Outcome.Refused(new Refusal(Refusal.Kind.TIMEOUT, message, reason));
  }
}

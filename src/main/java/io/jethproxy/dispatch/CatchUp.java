package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Waits for providers to catch up with a block or a transaction that is known already: asks again
 * after growing pauses, within the call's deadline and a budget of its own, as long as the answer
 * is that nobody has it yet. Runs on the call's own loop.
 */
final class CatchUp {

  private static final long PAUSE_NANOS_MIN = MILLISECONDS.toNanos(100);
  private static final long PAUSE_NANOS_MAX = MILLISECONDS.toNanos(1_000);

  /** Left for the answer to the last question. */
  private static final long LAST_QUESTION_NANOS = MILLISECONDS.toNanos(500);

  private final Call call;
  private final Ticker ticker;
  private final RetryBudget retries;
  private final LongSupplier waitNanos;
  private final long beganNanos;
  private final Supplier<CompletableFuture<Outcome>> question;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private long pauseNanos = PAUSE_NANOS_MIN;

  /**
   * @param waitNanos for how long it is asked again at most, as things are now
   * @param question asks the providers, each time anew
   */
  CatchUp(
      Call call,
      Ticker ticker,
      RetryBudget retries,
      LongSupplier waitNanos,
      Supplier<CompletableFuture<Outcome>> question) {
    this.call = call;
    this.ticker = ticker;
    this.retries = retries;
    this.waitNanos = waitNanos;
    this.beganNanos = ticker.nanos();
    this.question = question;
  }

  CompletableFuture<Outcome> start() {
    ask();
    return end;
  }

  private void ask() {
    question
        .get()
        .whenComplete((outcome, defect) -> {
          if (defect != null) {
            end.completeExceptionally(defect);
          } else if (isNotYetThere(outcome) && isTimeLeft() && retries.take()) {
            ticker.alarm(pauseNanos, () -> again(outcome));
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
          } else {
            end.complete(outcome);
          }
        });
  }

  private void again(Outcome last) {
    if (call.abandonment().isDeclared()) {
      end.complete(last);
      return;
    }
    try {
      ask();
    } catch (RuntimeException | StackOverflowError defect) {
      end.completeExceptionally(defect);
    }
  }

  /** Whether nobody has it, or not yet. */
  static boolean isNotYetThere(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var refusal)
        && refusal.kind() == Refusal.Kind.MISSING_DATA
        && refusal.reason().equals(Tally.MISSING);
  }

  private boolean isTimeLeft() {
    long now = ticker.nanos();
    return now - beganNanos < waitNanos.getAsLong()
        && call.deadline().left(now) > pauseNanos + LAST_QUESTION_NANOS;
  }
}

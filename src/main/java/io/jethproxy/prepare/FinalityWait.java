package io.jethproxy.prepare;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Holds a call with the tag {@code safe} or {@code finalized} until the gateway knows what that
 * means, which takes a moment after the start: one provider's word might be taken back by the next
 * one's. Lets it pass at once when the chain has no such thing. Runs on the call's own loop.
 */
final class FinalityWait {

  /** For the providers to be asked a few times. */
  static final long WAIT_NANOS = SECONDS.toNanos(5);

  /** For the first of them to show any block at all; without one, calls pass as they are. */
  static final long FIRST_BLOCK_NANOS = SECONDS.toNanos(1);

  private static final long LOOK_NANOS = MILLISECONDS.toNanos(20);

  /** Left for the answer to the question. */
  private static final long QUESTION_NANOS = MILLISECONDS.toNanos(500);

  private static final Outcome UNKNOWN =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.MISSING_DATA,
              "which block is safe or finalized is not known (yet)",
              "finality_unknown"));

  private final Call call;
  private final FinalityNeeded needed;
  private final Chains chains;
  private final Ticker ticker;
  private final Handler next;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final long beganNanos;

  FinalityWait(Call call, FinalityNeeded needed, Chains chains, Ticker ticker, Handler next) {
    this.call = call;
    this.needed = needed;
    this.chains = chains;
    this.ticker = ticker;
    this.next = next;
    this.beganNanos = ticker.nanos();
  }

  CompletableFuture<Outcome> start() {
    Optional<ChainLog> log = chains.of(call.network().chainId());
    if (log.isEmpty() || isSettled(log.get())) {
      return next.handle(call);
    }
    lookLater(log.get());
    return end;
  }

  /** Whether there is nothing to wait for. */
  private boolean isSettled(ChainLog log) {
    if (needed.isKnownTo(Views.of(call, chains)) || needed.isUnheardOf(log)) {
      return true;
    }
    call.moment().refine(View.class, view -> refined(view, log.view()));
    return needed.isKnownTo(Views.of(call, chains));
  }

  /** With nothing known of now, what was final stays final. */
  private static View refined(View view, View last) {
    return view.tip().isPresent() ? view.withFinalityOf(last) : View.ofFinality(last);
  }

  private void lookLater(ChainLog log) {
    ticker.alarm(LOOK_NANOS, () -> lookOrFail(log));
  }

  /** Nobody else hears of a defect in an alarm. */
  private void lookOrFail(ChainLog log) {
    try {
      look(log);
    } catch (RuntimeException | StackOverflowError defect) {
      end.completeExceptionally(defect);
    }
  }

  private void look(ChainLog log) {
    if (isSettled(log) || isWithoutChain(log)) {
      next.handle(call).whenComplete(this::pass);
    } else if (isTimeLeft() && !call.abandonment().isDeclared()) {
      lookLater(log);
    } else {
      end.complete(UNKNOWN);
    }
  }

  private boolean isWithoutChain(ChainLog log) {
    return log.view().tip().isEmpty() && ticker.nanos() - beganNanos >= FIRST_BLOCK_NANOS;
  }

  private void pass(Outcome outcome, Throwable defect) {
    if (defect != null) {
      end.completeExceptionally(defect);
    } else {
      end.complete(outcome);
    }
  }

  private boolean isTimeLeft() {
    long now = ticker.nanos();
    return now - beganNanos < WAIT_NANOS && call.deadline().left(now) > QUESTION_NANOS;
  }
}

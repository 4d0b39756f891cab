package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Attempt;
import io.jethproxy.fleet.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call's way through the providers: asks one, on trouble another, keeps a slow one company, and
 * ends when the {@link Tally} says so, when nobody is left, or at the deadline.
 *
 * <p>A small actor: {@link #arrived}, {@link #fire} and {@link #expired} run on the call's own
 * loop, so nothing here is locked.
 */
final class Round {

  /** Between two looks whether a provider has room again. */
  private static final long ROOM_NANOS_MIN = MILLISECONDS.toNanos(1);

  private static final long ROOM_NANOS_MAX = MILLISECONDS.toNanos(20);

  private final Call call;
  private final Tactic tactic;
  private final Candidates candidates;
  private final Tally tally;
  private final Phrasing phrasing;
  private final Dispatch.Budgets budgets;
  private final Ticker ticker;
  private final LongReviews reviews;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final List<Try> pending = new ArrayList<>(2);
  private Ticker.@Nullable Alarm deadline;
  private Ticker.@Nullable Alarm hedge;
  private Ticker.@Nullable Alarm room;
  private long roomNanos = ROOM_NANOS_MIN;

  /** One attempt as this round sees it. */
  private static final class Try {
    final Provider provider;
    final long startNanos;
    final boolean hedge;
    final String spanId;
    @Nullable Attempt attempt;

    Try(Provider provider, long startNanos, boolean hedge, String spanId) {
      this.provider = provider;
      this.startNanos = startNanos;
      this.hedge = hedge;
      this.spanId = spanId;
    }

    Journal.Entry entry(@Nullable Trouble trouble, long nowNanos) {
      return new Journal.Entry(
          provider.id(), trouble, nowNanos - startNanos, hedge, startNanos, spanId);
    }
  }

  Round(
      Dispatch dispatch,
      Call call,
      Tactic tactic,
      Candidates candidates,
      Tally tally,
      Phrasing phrasing,
      Dispatch.Budgets budgets) {
    this.call = call;
    this.tactic = tactic;
    this.candidates = candidates;
    this.tally = tally;
    this.phrasing = phrasing;
    this.budgets = budgets;
    this.ticker = dispatch.ticker();
    this.reviews = dispatch.reviews();
  }

  CompletableFuture<Outcome> start() {
    deadline = ticker.alarm(call.deadline().left(ticker.nanos()), this::expired);
    askNext();
    if (!end.isDone()) {
      call.abandonment().onDeclared(this::abandoned);
    }
    if (!end.isDone() && tactic.hedges() && !pending.isEmpty()) {
      Provider first = pending.getFirst().provider;
      hedge = ticker.alarm(first.hedgeAfterNanos(call.method().pace()), this::fire);
    }
    return end;
  }

  /** Asks the next provider; without one, the call ends when nothing is pending any more. */
  private void askNext() {
    if (call.deadline().isPast(ticker.nanos())) {
      expired();
      return;
    }
    Optional<Provider> provider = candidates.next();
    if (provider.isPresent()) {
      ask(provider.get(), false);
    } else if (pending.isEmpty() && candidates.isAnyFull()) {
      awaitRoom();
    } else if (pending.isEmpty()) {
      finish(tally.settle(candidates.skipped(), candidates.waitMillis()));
    }
  }

  /**
   * Those who could be asked have as many calls as they may: one of those will end soon. How many
   * wait like this is bounded by the calls that are let in at all.
   */
  private void awaitRoom() {
    room = ticker.alarm(roomNanos, this::askNext);
    roomNanos = Math.min(2 * roomNanos, ROOM_NANOS_MAX);
  }

  private void ask(Provider provider, boolean asHedge) {
    ask(provider, phrasing.of(provider), asHedge);
  }

  private void ask(Provider provider, Wording wording, boolean asHedge) {
    long now = ticker.nanos();
    Try attempt = new Try(provider, now, asHedge, call.journal().trace().newSpanId());
    pending.add(attempt);
    long timeout = Math.max(1, Math.min(tactic.attemptNanos(), call.deadline().left(now)));
    attempt.attempt =
        provider.begin(
            wording.call(),
            timeout,
            asHedge,
            attempt.spanId,
            (outcome, then) ->
                reviews.review(
                    wording.call(),
                    outcome,
                    each -> phrasing.review(wording, provider, each),
                    then),
            outcome -> arrived(attempt, outcome));
  }

  /** An attempt ended. */
  private void arrived(Try attempt, Outcome outcome) {
    if (end.isDone() || !pending.remove(attempt)) {
      return;
    }
    if (outcome instanceof Outcome.Unserved unserved && unserved.trouble() == Trouble.BUSY) {
      candidates.putBack(attempt.provider); // another call was faster; nothing was sent
      askNext();
      return;
    }
    note(attempt, outcome);
    if (isUnderstoodOtherwise(outcome)) {
      ask(attempt.provider, phrasing.plainly(attempt.provider), attempt.hedge);
      return;
    }
    switch (tally.take(outcome)) {
      case Tally.Decision.Finish(var result) -> finish(result);
      case Tally.Decision.Another(var costsBudget) -> askAnother(costsBudget);
    }
  }

  /** The provider is well and there is nothing to be said against it, so that it is asked again. */
  private static boolean isUnderstoodOtherwise(Outcome outcome) {
    return outcome instanceof Outcome.Unserved unserved
        && unserved.trouble() == Trouble.HASH_REFUSED;
  }

  private void askAnother(boolean costsBudget) {
    if (!pending.isEmpty() && tally.hasEmpty()) {
      return; // what is under way may be better than nothing; one more would not
    }
    if (!costsBudget || budgets.retries().take()) {
      askNext();
    } else if (pending.isEmpty()) {
      finish(tally.settle(unasked(), candidates.waitMillis()));
    }
  }

  /** Those left, where the well ones are not asked either, because the budget is spent. */
  private List<Skipped> unasked() {
    return candidates.skipped().stream().map(Skipped::forWantOfBudget).toList();
  }

  private void note(Try attempt, Outcome outcome) {
    Trouble trouble = outcome instanceof Outcome.Unserved unserved ? unserved.trouble() : null;
    call.journal().attempt(attempt.entry(trouble, ticker.nanos()));
  }

  /** It did not end before the call does. */
  private void noteOutlived(Try attempt) {
    if (!attempt.spanId.isEmpty()) {
      call.journal().outlived(attempt.entry(null, ticker.nanos()));
    }
  }

  /** The first attempt is slower than that provider usually is. */
  private void fire() {
    hedge = null;
    if (end.isDone() || pending.size() != 1) {
      return;
    }
    if (!budgets.hedges().take()) {
      return; // first, because a candidate that is drawn counts as tried
    }
    candidates
        .nextReady()
        .ifPresent(company -> {
          call.journal().hedged();
          ask(company, true);
        });
  }

  /** The call's deadline has passed. */
  private void expired() {
    deadline = null;
    if (!end.isDone() && pending.isEmpty() && room != null) {
      finish(tally.settle(candidates.skipped(), candidates.waitMillis()));
    } else if (!end.isDone()) {
      finish(tally.expire(pending.stream().map(attempt -> attempt.provider.id()).toList()));
    }
  }

  /** The client is gone: nobody waits for what is under way. */
  private void abandoned() {
    if (!end.isDone()) {
      List<Try> lost = List.copyOf(pending);
      pending.clear();
      lost.forEach(attempt -> {
        noteOutlived(attempt);
        if (attempt.attempt != null) {
          attempt.attempt.cancel();
        }
      });
      finish(
          new Outcome.Refused(
              new Refusal(Refusal.Kind.TIMEOUT, "the client went away", "abandoned")));
    }
  }

  private void finish(Outcome outcome) {
    if (deadline != null) {
      deadline.cancel();
    }
    if (hedge != null) {
      hedge.cancel();
    }
    if (room != null) {
      room.cancel();
    }
    for (Try loser : pending) {
      noteOutlived(loser);
      if (loser.attempt != null) {
        loser.attempt.forget();
      }
    }
    pending.clear();
    if (outcome instanceof Outcome.Answer answer) {
      call.journal().servedBy(answer.by());
    }
    end.complete(outcome);
  }
}

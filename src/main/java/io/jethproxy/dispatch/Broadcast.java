package io.jethproxy.dispatch;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Scrutiny;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one signed transaction: gives the same bytes to several providers, at once or one after
 * another, and answers with what the sender waits for, on the first acceptance. The others are left
 * to finish, so that the transaction spreads.
 *
 * <p>A transaction is told by its hash, so sending it again is harmless, and "already known" is a
 * success. Where the outcome is in doubt (a time-out, a nonce that is too low) the chain is asked
 * for the hash before anything bad is reported. Who waits for a receipt gets it from the chain,
 * when the provider that was waiting for it has failed. Runs on the call's own loop.
 */
final class Broadcast {

  /** Kept free for the look-up at the end. */
  private static final long LOOKUP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long RECEIPT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Dispatch dispatch;
  private final Methods methods;
  private final Call call;
  private final Fleet fleet;
  private final Candidates candidates;
  private final Publication publication;
  private final Ticker ticker;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final Tally tally = new Tally(Tally.Empties.TRUSTED, Tally.Asked.ONE_THING);
  private final List<Sent> pending;
  private Ticker.@Nullable Alarm deadline;
  private Ticker.@Nullable Alarm pause;
  private Outcome.@Nullable Rejected plain;
  private Outcome.@Nullable Rejected nonceTooLow;
  private boolean doubtful;
  private boolean lookingUp;
  private @Nullable String takenBy;

  /** The transaction on its way to one provider. */
  private record Sent(Provider provider, long startNanos, String spanId) {

    Journal.Entry entry(@Nullable Trouble trouble, long nowNanos) {
      return new Journal.Entry(
          provider.id(), trouble, nowNanos - startNanos, false, startNanos, spanId);
    }
  }

  Broadcast(
      Dispatch dispatch,
      Methods methods,
      Call call,
      Fleet fleet,
      Candidates candidates,
      Publication publication) {
    this.dispatch = dispatch;
    this.methods = methods;
    this.call = call;
    this.fleet = fleet;
    this.ticker = dispatch.ticker();
    this.candidates = candidates;
    this.publication = publication;
    this.pending = new ArrayList<>(publication.width());
  }

  CompletableFuture<Outcome> start() {
    for (int i = 0; i < publication.width() && ask(); i++) {}
    if (!end.isDone()) {
      deadline = ticker.alarm(call.deadline().left(ticker.nanos()), this::expired);
      settleWhenAllEnded();
    }
    return end;
  }

  private boolean ask() {
    Provider provider = candidates.next().orElse(null);
    if (provider == null) {
      return false;
    }
    long start = ticker.nanos();
    Sent sent = new Sent(provider, start, call.journal().trace().newSpanId());
    pending.add(sent);
    long left = call.deadline().left(start);
    long most = left > 2 * LOOKUP_NANOS ? left - LOOKUP_NANOS : left;
    provider.begin(
        call,
        Math.max(1, Math.min(dispatch.tactic(call).attemptNanos(), most)),
        false,
        sent.spanId,
        Scrutiny.NONE,
        outcome -> arrived(sent, outcome));
    return true;
  }

  private void arrived(Sent sent, Outcome outcome) {
    pending.remove(sent);
    if (end.isDone()) {
      return; // it spread further, which is all we wanted
    }
    Trouble trouble = outcome instanceof Outcome.Unserved unserved ? unserved.trouble() : null;
    call.journal().attempt(sent.entry(trouble, ticker.nanos()));
    switch (outcome) {
      case Outcome.Answer answer -> answered(answer);
      case Outcome.Rejected verdict -> rejected(verdict);
      case Outcome.Unserved unserved -> {
        doubtful |= unserved.trouble().leavesDoubt();
        unserved(unserved);
      }
      case Outcome.Refused refused -> finish(refused);
    }
    settleWhenAllEnded();
  }

  private void unserved(Outcome.Unserved unserved) {
    tally.take(unserved);
    ask();
  }

  /** A result that does not say that the transaction was taken leaves it in doubt. */
  private void answered(Outcome.Answer answer) {
    if (publication.isTaken(answer.result())) {
      finish(new Outcome.Answer(publication.answer(answer.result()), answer.by(), false));
    } else {
      doubtful = true;
      unserved(new Outcome.Unserved(Trouble.WRONG_ANSWER, answer.by()));
    }
  }

  private void rejected(Outcome.Rejected verdict) {
    switch (verdict.sense()) {
      case ALREADY_KNOWN -> known(verdict.by());
      case NONCE_TOO_LOW -> {
        doubtful = true;
        nonceTooLow = nonceTooLow == null ? verdict : nonceTooLow;
      }
      case PLAIN -> {
        if (plain == null) {
          plain = verdict;
        } else if (!doubtful) {
          finish(plain); // two say the same: the slowest need not be waited for
        }
      }
    }
  }

  /** The transaction is where it was to go, but nobody is going to say more of it unasked. */
  private void known(String by) {
    switch (publication.form()) {
      case HASH, PRIVATE_HASH -> finish(new Outcome.Answer(publication.quotedHash(), by, true));
      case DETAILS -> finish(new Outcome.Rejected(publication.takenOnly(), by));
      case RECEIPT -> {
        takenBy = by;
        call.abandonment().onDeclared(this::abandoned);
        askForReceipt();
      }
    }
  }

  private void askForReceipt() {
    pause = null;
    if (end.isDone()) {
      return;
    }
    dispatch
        .lookUp(question("eth_getTransactionReceipt"), fleet)
        .thenAccept(found -> {
          if (end.isDone()) {
            return;
          }
          if (found instanceof Outcome.Answer answer && answer.result().first() == '{') {
            finish(new Outcome.Answer(answer.result(), answer.by(), false));
          } else {
            pause = ticker.alarm(RECEIPT_PAUSE_NANOS, this::askForReceipt);
          }
        });
  }

  private void settleWhenAllEnded() {
    if (end.isDone() || !pending.isEmpty() || lookingUp || takenBy != null) {
      return;
    }
    if (doubtful) {
      lookUp();
    } else {
      finish(failure());
    }
  }

  private void lookUp() {
    lookingUp = true;
    dispatch
        .lookUp(question("eth_getTransactionByHash"), fleet)
        .thenAccept(found -> {
          if (found instanceof Outcome.Answer answer && !answer.result().isNull()) {
            known(answer.by());
          } else {
            finish(failure());
          }
        });
  }

  /** Asks for this transaction by its hash; bounded by the call's own deadline. */
  private Call question(String method) {
    Request request = new Request(call.request().id(), method, publication.hashParams());
    return new Call(
        call.network(),
        request,
        methods.of(method),
        call.deadline(),
        call.journal(),
        new Abandonment());
  }

  private Outcome failure() {
    if (plain != null) {
      return plain;
    }
    if (nonceTooLow != null) {
      return nonceTooLow;
    }
    if (!doubtful) {
      return tally.settle(candidates.skipped(), candidates.waitMillis());
    }
    List<Refusal.Attempt> all = new ArrayList<>(tally.attempts());
    candidates.skipped().forEach(skipped -> all.add(skipped.attempt()));
    return new Outcome.Refused(
        new Refusal(
            Refusal.Kind.NO_PROVIDER,
            "no provider confirmed the transaction; it may have been published all the same",
            "unconfirmed",
            candidates.waitMillis(),
            all));
  }

  private void expired() {
    deadline = null;
    if (end.isDone()) {
      return;
    }
    if (takenBy != null) {
      finish(new Outcome.Rejected(publication.takenOnly(), takenBy));
      return;
    }
    List<Refusal.Attempt> all = new ArrayList<>(tally.attempts());
    pending.forEach(
        sent -> all.add(new Refusal.Attempt(sent.provider.id(), Trouble.TIMEOUT.label())));
    finish(
        new Outcome.Refused(
            new Refusal(
                Refusal.Kind.TIMEOUT,
                "no confirmation before the request's deadline; the transaction may have been"
                    + " published all the same",
                "deadline",
                -1,
                all)));
  }

  /** The client is gone: nobody waits for the receipt. */
  private void abandoned() {
    finish(
        new Outcome.Refused(
            new Refusal(Refusal.Kind.TIMEOUT, "the client went away", "abandoned")));
  }

  private void finish(Outcome outcome) {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
    if (pause != null) {
      pause.cancel();
      pause = null;
    }
    if (end.isDone()) {
      return;
    }
    for (Sent sent : call.journal().trace().isNone() ? List.<Sent>of() : pending) {
      call.journal().outlived(sent.entry(null, ticker.nanos()));
    }
    if (outcome instanceof Outcome.Answer answer) {
      call.journal().servedBy(answer.by());
    }
    end.complete(outcome);
  }
}

package io.jethproxy.dispatch;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one signed transaction: gives the same bytes to several providers at once and answers
 * with the hash, computed here, on the first acceptance. The others are left to finish, so that the
 * transaction spreads.
 *
 * <p>A transaction is told by its hash, so sending it again is harmless, and "already known" is a
 * success. Where the outcome is in doubt (a time-out, a nonce that is too low) the chain is asked
 * for the hash before anything bad is reported. Runs on the call's own loop.
 */
final class Broadcast {

  static final String METHOD = "eth_sendRawTransaction";

  private static final int WIDTH = 3;

  /** EIP-7702; the list of EIP-2718 goes on from here. */
  private static final int LAST_COMMON_TYPE = 4;

  /** A first byte from here on begins a list: a transaction without a type. */
  private static final int LEGACY_TYPE_MIN = 0xc0;

  /** Kept free for the look-up at the end. */
  private static final long LOOKUP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Dispatch dispatch;
  private final Methods methods;
  private final Call call;
  private final Fleet fleet;
  private final Candidates candidates;
  private final Ticker ticker;
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final List<Refusal.Attempt> attempts = new ArrayList<>(WIDTH);
  private final List<Provider> pending = new ArrayList<>(WIDTH);
  private Optional<Hash> hash = Optional.empty();
  private Ticker.@Nullable Alarm deadline;
  private Outcome.@Nullable Rejected plain;
  private Outcome.@Nullable Rejected nonceTooLow;
  private boolean doubtful;
  private boolean lookingUp;

  Broadcast(Dispatch dispatch, Methods methods, Call call, Fleet fleet, Candidates candidates) {
    this.dispatch = dispatch;
    this.methods = methods;
    this.call = call;
    this.fleet = fleet;
    this.ticker = dispatch.ticker();
    this.candidates = candidates;
  }

  CompletableFuture<Outcome> start() {
    hash = RawTransaction.hashOf(call.request().params());
    if (hash.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Outcome.Rejected(
              new Fault(
                  Fault.INVALID_PARAMS,
                  "params: no signed transaction (expected: one string of 0x and hex digits)"),
              "gateway"));
    }
    for (int i = 0; i < WIDTH && ask(); i++) {}
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
    pending.add(provider);
    long left = call.deadline().left(start);
    long most = left > 2 * LOOKUP_NANOS ? left - LOOKUP_NANOS : left;
    provider.begin(
        call,
        Math.max(1, Math.min(dispatch.tactic(call).attemptNanos(), most)),
        false,
        outcome -> arrived(provider, start, outcome));
    return true;
  }

  private void arrived(Provider provider, long startNanos, Outcome outcome) {
    pending.remove(provider);
    if (end.isDone()) {
      return; // it spread further, which is all we wanted
    }
    Trouble trouble = outcome instanceof Outcome.Unserved unserved ? unserved.trouble() : null;
    call.journal()
        .attempt(new Journal.Entry(provider.id(), trouble, ticker.nanos() - startNanos, false));
    switch (outcome) {
      case Outcome.Answer answer -> answered(answer);
      case Outcome.Rejected verdict -> rejected(verdict);
      case Outcome.Unserved unserved -> {
        attempts.add(new Refusal.Attempt(unserved.by(), unserved.trouble().label()));
        doubtful |= unserved.trouble().leavesDoubt();
        ask();
      }
      case Outcome.Refused refused -> finish(refused);
    }
    settleWhenAllEnded();
  }

  /** Only a hash says that the transaction was taken; whatever else came leaves it in doubt. */
  private void answered(Outcome.Answer answer) {
    if (!isHash(answer.result())) {
      attempts.add(new Refusal.Attempt(answer.by(), Trouble.WRONG_ANSWER.label()));
      doubtful = true;
      ask();
    } else if (hasTypeOfItsOwn()) {
      finish(new Outcome.Answer(answer.result(), answer.by(), false));
    } else {
      accepted(answer.by());
    }
  }

  private static boolean isHash(RawJson result) {
    return result.first() == '"'
        && Hash.read(result.bytes(), result.from() + 1, result.to() - 1).isPresent();
  }

  /** Some chains have types beyond Ethereum's whose hash is not that of the bytes. */
  private boolean hasTypeOfItsOwn() {
    String params = call.request().params().text();
    int type = Integer.parseInt(params, params.indexOf('x') + 1, params.indexOf('x') + 3, 16);
    return type > LAST_COMMON_TYPE && type < LEGACY_TYPE_MIN;
  }

  private void rejected(Outcome.Rejected verdict) {
    switch (verdict.sense()) {
      case ALREADY_KNOWN -> accepted(verdict.by());
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

  private void accepted(String by) {
    finish(new Outcome.Answer(quoted(), by, true));
  }

  private RawJson quoted() {
    return RawJson.of('"' + hash.orElseThrow().toString() + '"');
  }

  private void settleWhenAllEnded() {
    if (end.isDone() || !pending.isEmpty() || lookingUp) {
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
    RawJson params = RawJson.of("[" + quoted().text() + "]");
    Request question = new Request(call.request().id(), "eth_getTransactionByHash", params);
    Call lookup =
        new Call(
            call.network(),
            question,
            methods.of(question.method()),
            call.deadline(),
            call.journal(),
            new Abandonment());
    dispatch
        .lookUp(lookup, fleet)
        .thenAccept(found -> {
          if (found instanceof Outcome.Answer answer && !answer.result().isNull()) {
            accepted(answer.by());
          } else {
            finish(failure());
          }
        });
  }

  private Outcome failure() {
    if (plain != null) {
      return plain;
    }
    if (nonceTooLow != null) {
      return nonceTooLow;
    }
    List<Refusal.Attempt> all = new ArrayList<>(attempts);
    all.addAll(candidates.reasons());
    return new Outcome.Refused(
        new Refusal(
            Refusal.Kind.NO_PROVIDER,
            doubtful
                ? "no provider confirmed the transaction; it may have been published all the same"
                : "no provider took the transaction",
            doubtful ? "unconfirmed" : "no_provider",
            candidates.waitMillis(),
            all));
  }

  private void expired() {
    deadline = null;
    if (end.isDone()) {
      return;
    }
    List<Refusal.Attempt> all = new ArrayList<>(attempts);
    pending.forEach(
        provider -> all.add(new Refusal.Attempt(provider.id(), Trouble.TIMEOUT.label())));
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

  private void finish(Outcome outcome) {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
    if (end.isDone()) {
      return;
    }
    if (outcome instanceof Outcome.Answer answer) {
      call.journal().servedBy(answer.by());
    }
    end.complete(outcome);
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Methods;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks further questions on behalf of one call: through the stages below, within its deadline and
 * no longer than its client waits. Used on the call's own loop only.
 */
final class Errand {

  /** Questions that are under way at one time. */
  static final int AT_ONCE_MAX = 16;

  private final Call call;
  private final Handler next;
  private final Methods methods;
  private final Executor home;
  private final Executor workers;
  private final Abandonment.Group group;

  /**
   * @param home the call's own loop
   * @param workers for hashing; bounded
   */
  Errand(Call call, Handler next, Methods methods, Executor home, Executor workers) {
    this.call = call;
    this.next = next;
    this.methods = methods;
    this.home = home;
    this.workers = workers;
    this.group = new Abandonment.Group(call.abandonment());
  }

  long chainId() {
    return call.network().chainId();
  }

  /** Asks as the client would. */
  CompletableFuture<Outcome> ask(String method, RawJson params) {
    return next.handle(
        new Call(
            call.network(),
            new Request(call.request().id(), method, params),
            methods.of(method),
            call.deadline(),
            call.journal(),
            group.member(),
            call.moment()));
  }

  /**
   * Does the same for all, {@value #AT_ONCE_MAX} at a time, until one has no value; in order.
   *
   * @param task ends on the call's own loop
   */
  <T, U> CompletableFuture<Got<List<U>>> each(
      List<T> items, Function<T, CompletableFuture<Got<U>>> task) {
    return eachFrom(0, items, task, new ArrayList<>(items.size()));
  }

  private <T, U> CompletableFuture<Got<List<U>>> eachFrom(
      int from, List<T> items, Function<T, CompletableFuture<Got<U>>> task, List<U> done) {
    if (from == items.size()) {
      return CompletableFuture.completedFuture(new Got.Value<>(done));
    }
    int to = Math.min(items.size(), from + AT_ONCE_MAX);
    List<CompletableFuture<Got<U>>> asked = items.subList(from, to).stream().map(task).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenCompose(_ ->
            switch (Got.all(asked.stream().map(CompletableFuture::join).toList())) {
              case Got.Value<List<U>>(var values) -> {
                done.addAll(values);
                yield eachFrom(to, items, task, done);
              }
              case Got<List<U>> none -> CompletableFuture.completedFuture(none);
            });
  }

  /** A defect that shows at once, of whatever kind, ends like one that shows later. */
  static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error defect) {
      return CompletableFuture.failedFuture(defect);
    }
  }

  /** Computes something, elsewhere if it is long and there is room; ends on the call's own loop. */
  <T> CompletableFuture<T> work(boolean isLong, Supplier<T> computation) {
    if (!isLong) {
      return CompletableFuture.completedFuture(computation.get());
    }
    try {
      return CompletableFuture.supplyAsync(computation, workers)
          .thenApplyAsync(Function.identity(), home);
    } catch (RejectedExecutionException busy) {
      return CompletableFuture.completedFuture(computation.get());
    }
  }

  /**
   * Why a question has no answer, as the client is told: a provider's verdict on a question that is
   * not the client's means only that nobody has the data.
   */
  static Outcome failure(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused _, Outcome.Unserved _ -> outcome;
      case Outcome.Answer _, Outcome.Rejected _ -> missing();
    };
  }

  static Outcome missing() {
    return new Outcome.Refused(
        new Refusal(
            Refusal.Kind.MISSING_DATA,
            "a block of the chain is not to be had yet (what: its header or logs)",
            "missing_data"));
  }
}

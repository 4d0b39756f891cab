package io.jethproxy.subscribe;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes the errands of those who listen: what is asked for them goes through the stages below like
 * a client's call, with a deadline of its own, and is told to the bookkeeper. From any event loop.
 */
final class Inquiries {

  /** For what is asked at once, and for each question of more from when its turn comes. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** For many questions that take turns: enough for as many blocks as are followed back. */
  static final long LONG_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final RawJson ID = RawJson.of("1");
  private static final String NAME = "eth_getLogs";

  private final Methods methods;
  private final Ticker ticker;
  private final Supplier<Executor> homes;
  private final Executor workers;
  private final Consumer<Call> bookkeeper;
  private final AtomicLong numbers = new AtomicLong();

  /**
   * @param homes the loop of the calling thread
   * @param workers for hashing; bounded
   * @param bookkeeper told of each question once it has ended, with what it took in its journal
   */
  Inquiries(
      Methods methods,
      Ticker ticker,
      Supplier<Executor> homes,
      Executor workers,
      Consumer<Call> bookkeeper) {
    this.methods = methods;
    this.ticker = ticker;
    this.homes = homes;
    this.workers = workers;
    this.bookkeeper = bookkeeper;
  }

  /**
   * Some questions that belong together, asked of the chain as it is now.
   *
   * @param next the stages below
   */
  Errand errand(Network network, Handler next) {
    return errandBy(network, below(next), LONG_PATIENCE_NANOS);
  }

  /**
   * The same, on a way that asks {@link #below} in the end.
   *
   * @param patienceNanos for all of them together
   */
  Errand errandBy(Network network, Handler way, long patienceNanos) {
    return new Errand(call(network, patienceNanos), way, methods, homes.get(), workers);
  }

  /** The stages below, where each question is a call of its own. */
  Handler below(Handler next) {
    return call -> booked(call, next);
  }

  private Call call(Network network, long patienceNanos) {
    long now = ticker.nanos();
    return new Call(
        network,
        new Request(ID, NAME, RawJson.ABSENT),
        methods.of(NAME),
        new Deadline(now + patienceNanos),
        new Journal(now, numbers.incrementAndGet()),
        new Abandonment(),
        new Moment());
  }

  private CompletableFuture<Outcome> booked(Call call, Handler next) {
    long now = ticker.nanos();
    Call own =
        new Call(
            call.network(),
            call.request(),
            call.method(),
            new Deadline(now + Math.min(PATIENCE_NANOS, call.deadline().left(now))),
            new Journal(now, numbers.incrementAndGet()),
            call.abandonment());
    return next.handle(own).whenComplete((_, _) -> bookkeeper.accept(own));
  }
}

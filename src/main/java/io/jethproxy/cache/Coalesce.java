package io.jethproxy.cache;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets equal reads that are under way at the same time share one {@link Trip} to the providers,
 * over all connections and loops. Each caller keeps its own deadline and may go away.
 *
 * <p>Reads are equal if they ask the same under the same head: who has seen a new block never gets
 * an answer that was under way before it. Writes, filters, pending state and methods that nobody
 * knows are never shared.
 */
public final class Coalesce implements Stage {

  /**
   * How much is shared; beyond that a call goes on alone.
   *
   * @param tripsMax trips under way that others may join, positive
   * @param waitersMax calls on one trip, 2 or more
   */
  public record Config(int tripsMax, int waitersMax) {

    public static final Config DEFAULTS = new Config(10_000, 1_000);

    public Config {
      if (tripsMax < 1) {
        throw new IllegalArgumentException("tripsMax: " + tripsMax + " (expected: >= 1)");
      }
      if (waitersMax < 2) {
        throw new IllegalArgumentException("waitersMax: " + waitersMax + " (expected: >= 2)");
      }
    }
  }

  /**
   * What was done since the start.
   *
   * @param trips that others could join
   * @param joined calls that joined one
   * @param again trips for those whom an earlier one did not serve
   * @param alone calls that went alone because there was no room
   */
  public record Counts(long trips, long joined, long again, long alone) {}

  /** Stands for a head where the answer depends on none. */
  private static final Hash ANY_HEAD = Hash.ZERO;

  private final Chains chains;
  private final Ticker ticker;
  private final Supplier<? extends Executor> loop;
  private final Config config;
  private final ConcurrentMap<Question, Trip> trips = new ConcurrentHashMap<>();
  private final LongAdder started = new LongAdder();
  private final LongAdder joined = new LongAdder();
  private final LongAdder again = new LongAdder();
  private final LongAdder alone = new LongAdder();

  /** What is asked, under which head. */
  record Question(Key key, Hash head) {}

  /**
   * @param loop the event loop of the calling thread
   */
  public Coalesce(Chains chains, Ticker ticker, Supplier<? extends Executor> loop, Config config) {
    this.chains = chains;
    this.ticker = ticker;
    this.loop = loop;
    this.config = config;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    Question question = question(call);
    if (question == null) {
      return next.handle(call);
    }
    Waiter waiter = new Waiter(call, next, loop.get(), ticker);
    return share(question, waiter) ? waiter.future() : next.handle(call);
  }

  /** Null when the call is not to be shared. */
  private @Nullable Question question(Call call) {
    if (!call.method().hedgeable()) {
      return null;
    }
    long chainId = call.network().chainId();
    View view = call.moment().fix(View.class, () -> chains.view(chainId));
    Hash head = head(Freshness.plan(call.method(), call.request().params(), view), view);
    if (head == null) {
      return null;
    }
    Key key = Key.of(chainId, call.method().name(), call.request().params());
    return key == null ? null : new Question(key, head);
  }

  /** Under which head a question is the same one; null when it never is. */
  private static @Nullable Hash head(Plan plan, View view) {
    return switch (plan) {
      case Plan.Timeless _, Plan.Settled _ -> ANY_HEAD;
      case Plan.AtTip(Hash tip) -> tip;
      case Plan.AtNewest(_, Hash hash) -> hash;
      case Plan.AtBlock(_, Hash hash) -> hash;
      case Plan.Named _ -> tipOf(view);
      case Plan.Unstorable(NotCached why) ->
          why == NotCached.FUTURE || why == NotCached.OUT_OF_RING ? tipOf(view) : null;
    };
  }

  private static @Nullable Hash tipOf(View view) {
    return view.tip().map(Block::hash).orElse(null);
  }

  /** False when there is no room. */
  private boolean share(Question question, Waiter waiter) {
    while (true) {
      Trip trip = trips.get(question);
      if (trip == null) {
        if (trips.size() >= config.tripsMax()) {
          alone.increment();
          return false;
        }
        Trip own = new Trip(this, question, waiter);
        if (trips.putIfAbsent(question, own) == null) {
          started.increment();
          own.startWith(waiter);
          return true;
        }
        continue;
      }
      waiter.aimFor(trip); // before it is on it, as it may be moved on at once
      switch (trip.join(waiter)) {
        case JOINED -> {
          joined.increment();
          waiter.joined();
          return true;
        }
        case FULL -> {
          alone.increment();
          return false;
        }
        case OVER -> over(question, trip);
      }
    }
  }

  /** Nobody joins a trip any more. */
  void over(Question question, Trip trip) {
    trips.remove(question, trip);
  }

  /** Sends those whom a trip did not serve on another; newcomers may join it. */
  void again(Trip trip) {
    again.increment();
    trips.putIfAbsent(trip.question(), trip);
    if (trip.isOver()) {
      over(trip.question(), trip); // all have left before it was there to be removed
    }
    trip.leader().home().execute(trip::start);
  }

  int waitersMax() {
    return config.waitersMax();
  }

  Executor currentLoop() {
    return loop.get();
  }

  long nowNanos() {
    return ticker.nanos();
  }

  public Counts counts() {
    return new Counts(started.sum(), joined.sum(), again.sum(), alone.sum());
  }

  /** Trips under way that others may join. */
  public int trips() {
    return trips.size();
  }
}

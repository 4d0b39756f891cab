package io.jethproxy.subscribe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Slices;
import io.jethproxy.prepare.Demand;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.subscribe.Filter.Topic;
import io.jethproxy.subscribe.LogCursor.Taken;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Filters, which clients poll: kept here as places in the chain, so that they outlive any provider.
 * Above Normalise, so that what it asks for them is treated as if clients had asked.
 *
 * <p>A poll tells all that has happened since the one before, or fails and is not counted; polls of
 * one filter are answered one after the other.
 */
public final class Filters implements Stage {

  private static final String BY = "chain";
  private static final int NOT_FOUND = -32000;

  /** Filters that nobody polls make room after some minutes. */
  private static final long RETRY_MILLIS = 60_000;

  private static final RawJson TRUE = RawJson.of("true");
  private static final RawJson FALSE = RawJson.of("false");

  static final Outcome UNKNOWN_CHAIN =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.NO_PROVIDER,
              "no provider shows the newest block now",
              "unknown_chain",
              1_000,
              List.of()));

  /**
   * How many filters are kept, and for how long.
   *
   * @param countMax of all callers and networks
   * @param perCallerMax of one caller on one network
   * @param idle after so long without a poll a filter is forgotten
   */
  public record Config(int countMax, int perCallerMax, Duration idle, long bytesMax) {

    /** A filter with a thousand addresses takes some 200 KB. */
    public static final long BYTES_MAX = 64L << 20;

    public static final Config DEFAULTS =
        new Config(10_000, 10_000, Duration.ofMinutes(5), BYTES_MAX);

    public Config {
      if (countMax < 1 || perCallerMax < 1 || !idle.isPositive() || bytesMax < 1) {
        throw new IllegalArgumentException(
            "filters: "
                + countMax
                + ", per caller "
                + perCallerMax
                + ", idle "
                + idle
                + ", bytes "
                + bytesMax
                + " (expected: > 0 each)");
      }
    }
  }

  private final Sources sources;
  private final Chains chains;
  private final Methods methods;
  private final Demand demand;
  private final Ticker ticker;
  private final Supplier<Executor> homes;
  private final Executor workers;
  private final FilterStore store;

  /**
   * @param sources shared with those who listen
   * @param demand hears of receipts that would be of use here
   * @param homes the loop of the calling thread
   * @param workers for hashing; bounded
   */
  public Filters(
      Sources sources,
      Demand demand,
      Ticker ticker,
      Supplier<Executor> homes,
      Executor workers,
      Config config) {
    this.sources = sources;
    this.chains = sources.chains();
    this.methods = sources.methods();
    this.demand = demand;
    this.ticker = ticker;
    this.homes = homes;
    this.workers = workers;
    this.store = new FilterStore(config, ticker);
  }

  /** Whether a client waits for news of this network, so that its chain must be followed. */
  public boolean isAnyOf(long chainId) {
    return store.isAnyOf(chainId);
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    return switch (call.method().effect()) {
      case FILTER -> filter(call, next);
      case BROADCAST -> next.handle(call).thenApply(outcome -> published(call, outcome));
      case READ, PRIVATE_SEND, SUBSCRIPTION, NODE -> next.handle(call);
    };
  }

  private CompletableFuture<Outcome> filter(Call call, Handler next) {
    return switch (call.method().name()) {
      case "eth_newFilter" -> newLogFilter(call);
      case "eth_newBlockFilter" -> newFilter(call, new Topic.Blocks());
      case "eth_newPendingTransactionFilter" -> newPendingFilter(call);
      case "eth_getFilterChanges" -> ofFilter(call, filter -> takeTurn(call, next, filter));
      case "eth_getFilterLogs" -> ofFilter(call, filter -> all(call, next, filter));
      case "eth_uninstallFilter" ->
          answer(call, store.remove(owner(call), id(call)) ? TRUE : FALSE);
      default -> notOffered(call, "filters are kept under their usual names (use: eth_newFilter)");
    };
  }

  // Making one.

  private CompletableFuture<Outcome> newLogFilter(Call call) {
    Optional<LogCriteria> criteria =
        LogCriteria.read(call.request().params(), methods.of("eth_getLogs"));
    if (criteria.isEmpty()) {
      return refuse(
          new Refusal(
              Refusal.Kind.INVALID_PARAMS,
              "filter: not understood (expected: address, topics, fromBlock and toBlock, as numbers"
                  + " in order, earliest or latest)",
              "invalid_params"));
    }
    demand.receiptsWanted(chainId(call));
    return newFilter(call, new Topic.Logs(criteria.get()));
  }

  private CompletableFuture<Outcome> newFilter(Call call, Topic topic) {
    if (chains.of(chainId(call)).isEmpty()) {
      return notOffered(
          call, "the blocks of this network are not followed one by one (use: eth_getLogs)");
    }
    return view(call)
        .tip()
        .map(tip -> keep(call, Filter.from(Position.after(tip), owner(call), topic)))
        .orElseGet(Filters::unknownChain);
  }

  /** Waits until providers have filters of their own, so that nothing from now on is missed. */
  private CompletableFuture<Outcome> newPendingFilter(Call call) {
    PendingFeed feed = sources.pending(chainId(call));
    return feed.refresh().thenCompose(_ -> keep(call, Filter.pending(owner(call), feed.count())));
  }

  private CompletableFuture<Outcome> keep(Call call, Filter filter) {
    return store
        .add(filter)
        .map(id -> answer(call, RawJson.of('"' + id + '"')))
        .orElseGet(Filters::tooMany);
  }

  // Using one.

  private CompletableFuture<Outcome> ofFilter(
      Call call, Function<Filter, CompletableFuture<Outcome>> use) {
    return store
        .find(owner(call), id(call))
        .map(use)
        .orElseGet(() -> notFound(call, "filter not found"));
  }

  private CompletableFuture<Outcome> takeTurn(Call call, Handler next, Filter filter) {
    return filter.turns().take(call, homes.get(), ticker, () -> changes(call, next, filter));
  }

  private CompletableFuture<Outcome> changes(Call call, Handler next, Filter filter) {
    return switch (filter.topic()) {
      case Topic.Pending _ -> pending(call, filter);
      case Topic.Blocks _ ->
          along(call, errand(call, next), filter)
              .thenCompose(got -> told(call, filter, got.map(steps -> hashes(filter, steps))));
      case Topic.Logs(var criteria) -> {
        demand.receiptsWanted(chainId(call));
        Errand errand = errand(call, next);
        yield along(call, errand, filter)
            .thenCompose(got ->
                switch (got) {
                  case Got.Value<List<Step>>(var steps) ->
                      new LogCursor(
                              filter.position(),
                              criteria,
                              sources.logs(),
                              errand,
                              LogCursor.POLL_BYTES_MAX)
                          .take(steps);
                  case Got.Failed<List<Step>>(var because) ->
                      CompletableFuture.completedFuture(new Got.Failed<>(because));
                  case Got.Lost<List<Step>>(var why) ->
                      CompletableFuture.completedFuture(new Got.Lost<>(why));
                })
            .thenCompose(got -> told(call, filter, got));
      }
    };
  }

  private CompletableFuture<Got<List<Step>>> along(Call call, Errand errand, Filter filter) {
    Orphans gone = sources.orphans(chainId(call));
    View view = view(call);
    if (!new HeadCursor(view, gone).knows(filter.position())) {
      view = chains.view(chainId(call)); // another poll, of a newer head, has moved it
    }
    return view.tip().isEmpty()
        ? CompletableFuture.completedFuture(new Got.Failed<>(UNKNOWN_CHAIN))
        : new HeadCursor(view, gone).way(filter.position(), errand);
  }

  private static Taken hashes(Filter filter, List<Step> steps) {
    List<RawJson> hashes =
        steps.stream()
            .filter(step -> !step.isRemoval())
            .map(step -> RawJson.of('"' + step.block().hash().toString() + '"'))
            .toList();
    return new Taken(hashes, filter.position().then(steps));
  }

  /** The filter goes on only when its client is there to hear it. */
  private CompletableFuture<Outcome> told(Call call, Filter filter, Got<Taken> got) {
    return switch (got) {
      case Got.Value<Taken>(var taken) -> {
        if (!call.abandonment().isDeclared()) {
          filter.moveTo(taken.end());
        }
        yield answer(call, array(taken.logs()));
      }
      case Got.Failed<Taken>(var because) -> CompletableFuture.completedFuture(because);
      case Got.Lost<Taken>(var why) -> {
        store.remove(filter.owner(), id(call));
        yield notFound(call, "filter not found: " + why);
      }
    };
  }

  private static RawJson array(List<RawJson> values) {
    JsonList array = new JsonList();
    values.forEach(array::add);
    return array.end();
  }

  private CompletableFuture<Outcome> pending(Call call, Filter filter) {
    PendingFeed feed = sources.pending(chainId(call));
    return feed.refresh()
        .thenCompose(_ -> {
          PendingFeed.News news = feed.since(filter.pendingSeen());
          JsonList hashes = new JsonList();
          news.hashes().stream().map(Hash::toString).forEach(hashes::add);
          if (!call.abandonment().isDeclared()) {
            filter.sawPending(news.end());
          }
          return answer(call, hashes.end());
        });
  }

  private CompletableFuture<Outcome> all(Call call, Handler next, Filter filter) {
    return filter.topic() instanceof Topic.Logs(var criteria)
        ? errand(call, next).ask("eth_getLogs", criteria.params())
        : notFound(call, "filter not found");
  }

  private Outcome published(Call call, Outcome outcome) {
    Optional<PendingFeed> feed = sources.pendingIfAny(chainId(call));
    if (feed.isPresent() && outcome instanceof Outcome.Answer answer) {
      Slices.hash(answer.result()).ifPresent(feed.get()::add);
    }
    return outcome;
  }

  // What they share.

  private Errand errand(Call call, Handler next) {
    return new Errand(call, next, methods, homes.get(), workers);
  }

  /** The same one for a whole batch. */
  private View view(Call call) {
    return call.moment().fix(View.class, () -> chains.view(chainId(call)));
  }

  private static Filter.Owner owner(Call call) {
    return new Filter.Owner(chainId(call));
  }

  private static String id(Call call) {
    return Slices.content(Slices.element(call.request().params(), 0)).text();
  }

  private static long chainId(Call call) {
    return call.network().chainId();
  }

  private static CompletableFuture<Outcome> answer(Call call, RawJson result) {
    if (call.journal().attempts().isEmpty()) {
      call.journal().servedBy(BY);
    }
    return CompletableFuture.completedFuture(new Outcome.Answer(result, BY, false));
  }

  // What goes wrong.

  private static CompletableFuture<Outcome> unknownChain() {
    return CompletableFuture.completedFuture(UNKNOWN_CHAIN);
  }

  private static CompletableFuture<Outcome> notFound(Call call, String message) {
    call.journal().servedBy(BY);
    return CompletableFuture.completedFuture(
        new Outcome.Rejected(new Fault(NOT_FOUND, message), BY));
  }

  private static CompletableFuture<Outcome> notOffered(Call call, String why) {
    return refuse(
        new Refusal(
            Refusal.Kind.METHOD_NOT_FOUND,
            call.method().name() + ": " + why,
            "filters_not_offered"));
  }

  private static CompletableFuture<Outcome> tooMany() {
    return refuse(
        new Refusal(
            Refusal.Kind.LIMIT_EXCEEDED,
            "too many filters are kept (end those that are not polled: eth_uninstallFilter)",
            "filters",
            RETRY_MILLIS,
            List.of()));
  }

  private static CompletableFuture<Outcome> refuse(Refusal refusal) {
    return CompletableFuture.completedFuture(new Outcome.Refused(refusal));
  }
}

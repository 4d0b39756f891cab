package io.jethproxy.subscribe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Line;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Slices;
import io.jethproxy.prepare.Demand;
import io.jethproxy.rpc.RawJson;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Subscriptions, which clients listen to: cursors over the chain log, so that they outlive any
 * provider. Above Normalise, as {@link Filters} is.
 *
 * <p>A subscription begins at the newest block of its client's view, and tells nothing before its
 * id is on the wire. Everything of it is on the loop of its client's line.
 */
public final class Subscriptions implements Stage {

  private static final String BY = "chain";
  private static final int ID_BYTES = 16;
  private static final long RETRY_MILLIS = 60_000;

  private static final Outcome TOO_MANY =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.LIMIT_EXCEEDED,
              "too many subscriptions (end those that are not needed: eth_unsubscribe)",
              "subscriptions",
              RETRY_MILLIS,
              List.of()));

  /** Nobody reads it. */
  private static final Outcome GONE =
      new Outcome.Refused(
          new Refusal(Refusal.Kind.TIMEOUT, "the connection has ended", "abandoned"));

  private static final RawJson TRUE = RawJson.of("true");
  private static final RawJson FALSE = RawJson.of("false");

  /**
   * How much is kept.
   *
   * @param perLineMax of one client's connection
   * @param countMax of all
   * @param bytesMax of what all of them ask for
   * @param blocksBackMax how far below the newest block logs may begin
   * @param receiptsPatience how long the receipts of a new block are waited for before its logs are
   *     asked for; zero where receipts are not fetched
   */
  public record Config(
      int perLineMax, int countMax, long bytesMax, long blocksBackMax, Duration receiptsPatience) {

    public Config {
      if (perLineMax < 1
          || countMax < 1
          || bytesMax < 1
          || blocksBackMax < 1
          || receiptsPatience.isNegative()) {
        throw new IllegalArgumentException(
            "subscriptions: "
                + perLineMax
                + " per line, "
                + countMax
                + " in all, "
                + bytesMax
                + " bytes, "
                + blocksBackMax
                + " blocks back (expected: > 0 each)");
      }
    }
  }

  /**
   * What subscriptions need of the gateway around them.
   *
   * @param demand hears of receipts that would be of use here
   * @param attention hears the chain ids of networks that somebody listens to
   * @param bookkeeper told of each question that was asked for those who listen
   * @param homes the loop of the calling thread
   * @param feedHomes the loop for the feeds of each chain id
   * @param workers for hashing; bounded
   */
  public record Surroundings(
      Demand demand,
      LongConsumer attention,
      Consumer<Call> bookkeeper,
      Ticker ticker,
      Supplier<Executor> homes,
      LongFunction<Executor> feedHomes,
      Executor workers) {}

  private final Sources sources;
  private final Chains chains;
  private final Surroundings surroundings;
  private final Inquiries inquiries;
  private final Config config;
  private final SecureRandom random = new SecureRandom();
  private final Map<Long, Station> stations = new ConcurrentHashMap<>();
  private final Seating seating;

  /**
   * @param sources shared with those who poll
   */
  public Subscriptions(Sources sources, Surroundings surroundings, Config config) {
    this.sources = sources;
    this.chains = sources.chains();
    this.surroundings = surroundings;
    this.config = config;
    this.seating = new Seating(config, surroundings.ticker());
    this.inquiries =
        new Inquiries(
            sources.methods(),
            surroundings.ticker(),
            surroundings.homes(),
            surroundings.workers(),
            surroundings.bookkeeper());
  }

  /** A network's chain has moved, or receipts have come; told once everybody can read it. */
  public void news(long chainId) {
    Station station = stations.get(chainId);
    if (station != null) {
      station.news();
    }
  }

  /**
   * A provider tells that a transaction waits for a block; told on to those who listen, and kept
   * for those who poll. From any thread.
   */
  public void pendingSeen(long chainId, Hash transaction) {
    sources.pendingIfAny(chainId).ifPresent(feed -> feed.add(transaction));
    Station station = stations.get(chainId);
    if (station != null) {
      station.pendingSeen(transaction);
    }
  }

  /** Whether anybody polls or listens for transactions of a network. */
  public boolean isPendingWanted(long chainId) {
    Station station = stations.get(chainId);
    return sources.isPendingWanted(chainId) || (station != null && station.isPendingWanted());
  }

  /** What is done for those who listen, by network. From any thread. */
  public List<Numbers> numbers() {
    return stations.values().stream().map(Station::numbers).toList();
  }

  /** How many there are. */
  public int open() {
    return seating.open();
  }

  /** How many lines have ever subscribed and not ended. */
  public int lines() {
    return seating.lines();
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    return switch (call.method().name()) {
      case "eth_subscribe" -> subscribe(call, next);
      case "eth_unsubscribe" -> unsubscribe(call);
      default ->
          switch (call.method().effect()) {
            case SUBSCRIPTION ->
                refuse(
                    Refusal.Kind.METHOD_NOT_FOUND,
                    "subscriptions are made under their usual name (use: eth_subscribe)",
                    "subscriptions_not_offered");
            case READ, FILTER, BROADCAST, PRIVATE_SEND, NODE -> next.handle(call);
          };
    };
  }

  private CompletableFuture<Outcome> subscribe(Call call, Handler next) {
    Optional<Line> line = call.audience().line();
    if (line.isEmpty()) {
      return next.handle(call); // nobody to tell: refused before this stage
    }
    return switch (Wish.read(call.request().params(), sources.methods().of("eth_getLogs"))) {
      case Wish.Read.Misunderstood(var why) ->
          refuse(Refusal.Kind.INVALID_PARAMS, why, "invalid_params");
      case Wish.Read.Understood(var wish) -> subscribe(call, next, wish, line.get());
    };
  }

  private CompletableFuture<Outcome> subscribe(Call call, Handler next, Wish wish, Line line) {
    Optional<ChainLog> log = chains.of(chainId(call));
    if (log.isEmpty()) {
      return refuse(
          Refusal.Kind.METHOD_NOT_FOUND,
          "eth_subscribe: the blocks of this network are not followed one by one (use:"
              + " eth_getLogs)",
          "subscriptions_not_offered");
    }
    View view = call.moment().fix(View.class, () -> chains.view(chainId(call)));
    if (view.tip().isEmpty() && wish.subject().isOfBlocks()) {
      return CompletableFuture.completedFuture(Filters.UNKNOWN_CHAIN);
    }
    if (seating.isFull(line, wish.subject())) {
      return CompletableFuture.completedFuture(TOO_MANY);
    }
    Station station = station(call, log.get(), next);
    Seat seat = seating.seat(line, surroundings.homes().get());
    seating.expect(seat, wish.subject());
    return Errand.attempt(() -> found(call, station, seat, wish, view))
        .thenApply(found ->
            switch (found) {
              case Beginning.Found.Nowhere(var because) -> because;
              case Beginning.Found.At(var place) -> seated(call, station, seat, wish, place);
            })
        .whenComplete((_, _) -> seating.expectNoMore(seat, wish.subject()));
  }

  private CompletableFuture<Beginning.Found> found(
      Call call, Station station, Seat seat, Wish wish, View view) {
    LineLookups.Gate gate = station.gate(seat, () -> !call.abandonment().isDeclared());
    return new Beginning(station, view, wish.subject(), config.blocksBackMax(), gate)
        .of(wish.start());
  }

  private Outcome seated(Call call, Station station, Seat seat, Wish wish, Beginning.Place place) {
    if (!seating.isKept(seat)) {
      return GONE; // the line ended while the place was looked for
    }
    Subscription subscription =
        new Subscription(newId(), wish.subject(), station, seat, place.position());
    seating.take(subscription);
    station.listened(subscription);
    call.audience()
        .whenAnswered(() -> {
          if (!subscription.isOver()) {
            station.open(subscription, place.before(), surroundings.homes().get());
          }
        });
    call.journal().servedBy(BY);
    return new Outcome.Answer(RawJson.of('"' + subscription.id() + '"'), BY, false);
  }

  private CompletableFuture<Outcome> unsubscribe(Call call) {
    String id = Slices.content(Slices.element(call.request().params(), 0)).text();
    boolean isEnded = call.audience().line().filter(line -> seating.end(line, id)).isPresent();
    call.journal().servedBy(BY);
    return CompletableFuture.completedFuture(new Outcome.Answer(isEnded ? TRUE : FALSE, BY, false));
  }

  private Station station(Call call, ChainLog log, Handler next) {
    long chainId = chainId(call);
    return stations.computeIfAbsent(
        chainId,
        _ ->
            new Station(
                call.network(),
                log,
                sources,
                inquiries,
                next,
                surroundings,
                surroundings.feedHomes().apply(chainId),
                config.receiptsPatience().toNanos()));
  }

  /** 128 bits, as some clients read a quantity: without leading zeros. */
  private String newId() {
    byte[] id = new byte[ID_BYTES];
    do {
      random.nextBytes(id);
    } while ((id[0] & 0xf0) == 0);
    return "0x" + HexFormat.of().formatHex(id);
  }

  private static long chainId(Call call) {
    return call.network().chainId();
  }

  private static CompletableFuture<Outcome> refuse(
      Refusal.Kind kind, String message, String reason) {
    return CompletableFuture.completedFuture(
        new Outcome.Refused(new Refusal(kind, message, reason)));
  }
}

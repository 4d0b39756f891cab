package io.jethproxy.subscribe;

import io.jethproxy.call.Handler;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What serves those who listen to one network: its feeds, a crowd of each on every event loop that
 * has listeners, and what they all look things up in. From any thread.
 */
final class Station {

  /** Headers that are kept as they are told, some 1.5 KB each. */
  private static final int HEADERS_MAX = 256;

  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final Logger LOG = LoggerFactory.getLogger(Station.class);

  private final Network network;
  private final ChainLog log;
  private final Sources sources;
  private final Inquiries inquiries;
  private final Handler next;
  private final Subscriptions.Surroundings surroundings;
  private final Executor home;
  private final long receiptsNanos;
  private final Wanted wanted = new Wanted();
  private final Counts counts = new Counts();
  private final Arrivals arrivals = new Arrivals();
  private final FanOut fanOutOfHeads = new FanOut();
  private final FanOut fanOutOfLogs = new FanOut();
  private final AtomicInteger waitingAlone = new AtomicInteger();
  private final Map<String, LongAdder> open = new ConcurrentHashMap<>();
  private final AtomicInteger listeners = new AtomicInteger();
  private boolean isBeating;
  private final Map<Executor, SyncNews> syncing = new ConcurrentHashMap<>();
  private @Nullable PendingNews pending;
  private final Map<Feed.Kind, Feed> feeds;
  private final Map<Feed.Kind, Map<Executor, Crowd>> crowds;
  private final LinkedHashMap<Hash, RawJson> headers = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param next the stages below
   * @param home the loop of the feeds
   * @param receiptsNanos how long the receipts of a new block are waited for, before its logs are
   *     asked for; 0 where receipts are not fetched
   */
  Station(
      Network network,
      ChainLog log,
      Sources sources,
      Inquiries inquiries,
      Handler next,
      Subscriptions.Surroundings surroundings,
      Executor home,
      long receiptsNanos) {
    this.network = network;
    this.log = log;
    this.sources = sources;
    this.inquiries = inquiries;
    this.next = next;
    this.surroundings = surroundings;
    this.home = home;
    this.receiptsNanos = receiptsNanos;
    this.feeds =
        Map.of(
            Feed.Kind.HEADS, new Feed(Feed.Kind.HEADS, this, home),
            Feed.Kind.LOGS, new Feed(Feed.Kind.LOGS, this, home));
    this.crowds =
        Map.of(
            Feed.Kind.HEADS, new ConcurrentHashMap<>(),
            Feed.Kind.LOGS, new ConcurrentHashMap<>());
    arrivals.look(log.view(), ticker().nanos());
  }

  Network network() {
    return network;
  }

  ChainLog log() {
    return log;
  }

  BlockLogs logs() {
    return sources.logs();
  }

  Orphans orphans() {
    return sources.orphans(network.chainId());
  }

  Ticker ticker() {
    return surroundings.ticker();
  }

  Wanted wanted() {
    return wanted;
  }

  Counts counts() {
    return counts;
  }

  long receiptsNanos() {
    return receiptsNanos;
  }

  /** Some questions, asked from the calling loop. */
  Errand errand() {
    return inquiries.errand(network, next);
  }

  /** The stages below for the questions of those who resume or replay, each in its turn. */
  LineLookups.Gate gate(Seat seat, BooleanSupplier isWanted) {
    return seat.lookups().gate(inquiries.below(next), isWanted);
  }

  /** Some questions whose answers a client waits for, asked from the calling loop on this way. */
  Errand errand(LineLookups.Gate way) {
    return inquiries.errandBy(network, way, Inquiries.PATIENCE_NANOS);
  }

  /** Many questions, for which nobody waits with a call of his own. */
  Errand longErrand(LineLookups.Gate way) {
    return inquiries.errandBy(network, way, Inquiries.LONG_PATIENCE_NANOS);
  }

  Feed feed(Feed.Kind kind) {
    Feed feed = feeds.get(kind);
    if (feed == null) {
      throw new IllegalStateException("no feed of " + kind);
    }
    return feed;
  }

  /** Those on one loop who listen to a feed. */
  Crowd crowd(Feed.Kind kind, Executor loop) {
    return crowds
        .getOrDefault(kind, Map.of())
        .computeIfAbsent(loop, own -> new Crowd(feed(kind), this, own));
  }

  /** Somebody listens, once his id is on the wire. */
  void open(Subscription subscription, Optional<History> before, Executor loop) {
    switch (subscription.subject()) {
      case Subject.Heads _ -> crowd(Feed.Kind.HEADS, loop).add(subscription, before);
      case Subject.Logs _ -> crowd(Feed.Kind.LOGS, loop).add(subscription, before);
      case Subject.Pending(var detail) -> pending().add(subscription, detail, loop);
      case Subject.Syncing _ ->
          syncing.computeIfAbsent(loop, _ -> new SyncNews(this, this::viewNow)).add(subscription);
    }
  }

  private View viewNow() {
    return sources.chains().view(network.chainId());
  }

  private synchronized PendingNews pending() {
    if (pending == null) {
      pending = new PendingNews(this, sources.pending(network.chainId()), home);
    }
    return pending;
  }

  synchronized boolean isPendingWanted() {
    return pending != null && pending.isListenedTo();
  }

  /** A transaction waits for a block; told on, if anybody listens for that. */
  void pendingSeen(Hash transaction) {
    PendingNews told;
    synchronized (this) {
      told = pending;
    }
    if (told != null) {
      sources.pending(network.chainId()).add(transaction);
      told.news();
    }
  }

  /** Somebody wants to listen. */
  void listened(Subscription subscription) {
    if (subscription.subject() instanceof Subject.Logs(var criteria)) {
      wanted.add(criteria.key(), criteria.filter());
      surroundings.demand().receiptsWanted(network.chainId());
    }
    openOf(subscription).increment();
    if (listeners.getAndIncrement() == 0) {
      onHome(this::beat);
    }
  }

  void unheard(Subscription subscription) {
    if (subscription.subject() instanceof Subject.Logs(var criteria)) {
      wanted.remove(criteria.key());
    }
    openOf(subscription).decrement();
    listeners.decrementAndGet();
  }

  private LongAdder openOf(Subscription subscription) {
    return open.computeIfAbsent(subscription.subject().label(), _ -> new LongAdder());
  }

  /** While somebody listens, the network stays awake and receipts are fetched. */
  private void beat() {
    if (isBeating || listeners.get() == 0) {
      return;
    }
    isBeating = true;
    surroundings.attention().accept(network.chainId());
    if (!wanted.isEmpty()) {
      surroundings.demand().receiptsWanted(network.chainId());
    }
    ticker()
        .alarm(
            BEAT_NANOS,
            () -> {
              isBeating = false;
              beat();
            });
  }

  private void onHome(Runnable action) {
    try {
      home.execute(action);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody listens any more: the gateway is closing");
    }
  }

  /** The chain has moved, or receipts have come. */
  void news() {
    arrivals.look(log.view(), ticker().nanos());
    feeds.values().forEach(Feed::news);
  }

  /** Whether a block may have logs that are wanted, as far as its bloom tells. */
  boolean mayHaveAny(Block block, LogCriteria criteria) {
    return criteria.covers(block)
        && (!logs().isExcluding(block, network.chainId())
            || criteria.filter().mayMatch(block.bloom()));
  }

  /** The header of a block as it is told, written once for all. */
  RawJson header(Block block) {
    synchronized (headers) {
      RawJson known = headers.get(block.hash());
      if (known != null) {
        return known;
      }
      RawJson header = HeadJson.of(block);
      headers.put(block.hash(), header);
      if (headers.size() > HEADERS_MAX) {
        headers.pollFirstEntry();
      }
      return header;
    }
  }

  /** When the block of each became part of the chain here; empty for those that left it. */
  List<OptionalLong> arrivalsNanos(List<Deed> deeds) {
    long now = ticker().nanos();
    return deeds.stream()
        .map(deed ->
            deed.step().isRemoval()
                ? OptionalLong.empty()
                : OptionalLong.of(arrivals.of(deed.step().block(), now)))
        .toList();
  }

  /** All of one loop have been told: what they were told is with the system to be sent. */
  void told(Parcel parcel) {
    if (parcel.isThrough()) {
      long now = ticker().nanos();
      parcel.heardArrivalsNanos().forEach(since -> fanOut(parcel.kind()).add(now - since));
    }
  }

  private FanOut fanOut(Feed.Kind kind) {
    return switch (kind) {
      case HEADS -> fanOutOfHeads;
      case LOGS -> fanOutOfLogs;
    };
  }

  /** One subscription waits by itself for the logs of a block, or so many fewer do. */
  void waitsAlone(int change) {
    waitingAlone.addAndGet(change);
  }

  Numbers numbers() {
    Map<String, Integer> byKind = new HashMap<>();
    open.forEach((kind, count) -> byKind.put(kind, count.intValue()));
    return new Numbers(
        network.name(),
        byKind,
        counts.toldSum(),
        counts.lostSum(),
        feed(Feed.Kind.LOGS).isWaiting() || waitingAlone.get() > 0,
        Stream.of(Feed.Kind.values()).map(kind -> fanOut(kind).numbers(kind.label())).toList());
  }
}

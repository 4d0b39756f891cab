package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Hash;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of the transactions of one network that wait for a block: each hash once to each who
 * listens, and the whole transactions, asked for once for all who want them. Best effort: what is
 * too much at once is left out. Runs on one loop while somebody listens.
 */
final class PendingNews {

  /** How often providers are asked that do not tell by themselves. */
  private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What came by itself is told together with what comes right after it. */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Transactions that are asked for at one time; others that come meanwhile are left out. */
  private static final int ASKED_FOR_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(PendingNews.class);

  /** Those on one loop. */
  private record Ears(Listeners hashes, Listeners transactions) {}

  private final Station station;
  private final PendingFeed feed;
  private final Executor home;
  private final Map<Executor, Ears> ears = new ConcurrentHashMap<>();
  private final AtomicInteger listeners = new AtomicInteger();
  private final AtomicInteger fullListeners = new AtomicInteger();
  private long seen;
  private boolean isRunning;
  private int askedFor;
  private Ticker.@Nullable Alarm gathering;

  PendingNews(Station station, PendingFeed feed, Executor home) {
    this.station = station;
    this.feed = feed;
    this.home = home;
  }

  /** Somebody listens on this loop. */
  void add(Subscription subscription, Subject.Detail detail, Executor loop) {
    Ears own = ears.computeIfAbsent(loop, _ -> new Ears(new Listeners(), new Listeners()));
    Listeners mine =
        switch (detail) {
          case HASH -> own.hashes();
          case FULL -> own.transactions();
        };
    mine.add(subscription);
    AtomicInteger full = detail == Subject.Detail.FULL ? fullListeners : new AtomicInteger();
    full.incrementAndGet();
    listeners.incrementAndGet();
    subscription.onEnd(() -> {
      mine.remove(subscription);
      full.decrementAndGet();
      listeners.decrementAndGet();
    });
    on(home, this::begin);
  }

  boolean isListenedTo() {
    return listeners.get() > 0;
  }

  /** Something new is in the feed. */
  void news() {
    if (listeners.get() > 0) {
      on(home, this::gather);
    }
  }

  private void begin() {
    if (!isRunning) {
      isRunning = true;
      seen = feed.count();
      ask();
    }
  }

  private void ask() {
    if (listeners.get() == 0) {
      isRunning = false;
      return;
    }
    var _ = feed.refresh().whenComplete((_, _) -> tell());
    station.ticker().alarm(ASK_NANOS, this::ask);
  }

  private void gather() {
    if (gathering == null) {
      gathering =
          station
              .ticker()
              .alarm(
                  GATHER_NANOS,
                  () -> {
                    gathering = null;
                    tell();
                  });
    }
  }

  private void tell() {
    PendingFeed.News news = feed.since(seen);
    seen = news.end();
    if (news.hashes().isEmpty()) {
      return;
    }
    List<RawJson> bodies = news.hashes().stream().map(PendingNews::quoted).toList();
    ears.forEach((loop, own) -> on(loop, () -> own.hashes().tell(bodies)));
    if (fullListeners.get() > 0) {
      news.hashes().forEach(this::tellWhole);
    }
  }

  private void tellWhole(Hash hash) {
    if (askedFor >= ASKED_FOR_MAX) {
      return;
    }
    askedFor++;
    RawJson params = RawJson.of("[\"" + hash + "\"]");
    station
        .errand()
        .ask("eth_getTransactionByHash", params)
        .whenComplete((outcome, _) -> {
          askedFor--;
          if (outcome instanceof Outcome.Answer answer && answer.result().first() == '{') {
            List<RawJson> body = List.of(answer.result());
            ears.forEach((loop, own) -> on(loop, () -> own.transactions().tell(body)));
          }
        });
  }

  private static RawJson quoted(Hash hash) {
    return RawJson.of('"' + hash.toString() + '"');
  }

  private static void on(Executor loop, Runnable action) {
    try {
      loop.execute(action);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody is told of transactions any more: the gateway is closing");
    }
  }
}

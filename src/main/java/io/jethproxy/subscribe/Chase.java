package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one subscription from where it stands to where the feed is, told on the way: so that
 * it joins the others without a seam. Where it stands above the feed it waits for it; where its
 * block is orphaned it goes back to the fork first. On its line's loop only.
 */
final class Chase {

  /** Told at once; the line then says when there is room for more. */
  private static final int BYTES_AT_ONCE_MAX = 256 << 10;

  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(4);

  private static final Logger LOG = LoggerFactory.getLogger(Chase.class);

  private final Subscription subscription;
  private final Crowd crowd;
  private final Station station;
  private Optional<History> before;
  private boolean isGoing;
  private boolean isWaiting;
  private int failures;
  private Ticker.@Nullable Alarm retry;

  /**
   * @param before blocks to tell of first, older than those that are kept
   */
  Chase(Subscription subscription, Crowd crowd, Optional<History> before) {
    this.subscription = subscription;
    this.crowd = crowd;
    this.station = crowd.station();
    this.before = before;
  }

  Subscription subscription() {
    return subscription;
  }

  void end() {
    waits(false);
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  /** Goes on, unless it is on the way, has to wait, or nothing is known of where to. */
  void go() {
    if (isGoing || retry != null || subscription.isOver()) {
      return;
    }
    if (before.isPresent()) {
      goThrough(before.get());
    } else {
      crowd.here().ifPresent(this::goTo);
    }
  }

  // Old blocks.

  private void goThrough(History history) {
    isGoing = true;
    history
        .next(station.log().view(), errand())
        .whenComplete((got, defect) -> {
          if (isOver(defect)) {
            return;
          }
          switch (got) {
            case Got.Value<History.Page>(var page) -> {
              failures = 0;
              pour(page.logs(), 0, () -> turn(page));
            }
            case Got.Failed<History.Page> _ -> later();
            case Got.Lost<History.Page>(var why) -> lost(why);
          }
        });
  }

  private Errand errand() {
    return station.longErrand(station.gate(subscription.seat(), () -> !subscription.isOver()));
  }

  private void turn(History.Page page) {
    subscription.moveTo(page.end());
    before = page.rest();
    goOn();
  }

  /** Tells what may be much, whole blocks at a time, as there is room for it. */
  private void pour(List<RawJson> logs, int from, Runnable then) {
    int bytes = 0;
    int at = from;
    while (at < logs.size() && (bytes < BYTES_AT_ONCE_MAX || isAmidBlock(logs, at))) {
      RawJson log = logs.get(at++);
      subscription.tell(log);
      bytes += log.length();
    }
    subscription.seat().flush();
    int next = at;
    if (next == logs.size()) {
      then.run();
    } else if (!subscription.isOver()) {
      subscription.moveTo(Position.before(blockNumber(logs.get(next)), subscription.position()));
      subscription.seat().line().whenRoomy(() -> pour(logs, next, then));
    }
  }

  private static boolean isAmidBlock(List<RawJson> logs, int at) {
    return at > 0 && blockNumber(logs.get(at)) == blockNumber(logs.get(at - 1));
  }

  private static long blockNumber(RawJson log) {
    return Slices.quantity(Slices.member(log, "blockNumber"));
  }

  // Blocks that are kept.

  private void goTo(Position target) {
    Position place = subscription.position();
    if (place.hash().equals(target.hash()) && !place.isAmidBlock()) {
      waits(false);
      crowd.arrived(this);
      return;
    }
    View view = station.log().view();
    boolean isAbove = view.block(place.hash()).isPresent() && place.number() > target.number();
    if (isAbove || view.block(target.hash()).isEmpty()) {
      return; // the feed comes here, or turns to the chain as it is now
    }
    isGoing = true;
    waits(true);
    Errand errand = errand();
    new HeadCursor(view, station.orphans())
        .way(place, errand)
        .thenCompose(way -> taken(place, way.map(steps -> upTo(target, steps)), errand))
        .whenComplete((got, defect) -> {
          if (!isOver(defect)) {
            told(got);
          }
        });
  }

  private static List<Step> upTo(Position target, List<Step> steps) {
    return steps.stream()
        .filter(step -> step.isRemoval() || step.block().number() <= target.number())
        .toList();
  }

  private CompletableFuture<Got<LogCursor.Taken>> taken(
      Position place, Got<List<Step>> way, Errand errand) {
    return switch (way) {
      case Got.Value<List<Step>>(var steps) ->
          subscription.subject() instanceof Subject.Logs(var criteria)
              ? new LogCursor(place, criteria, station.logs(), errand, BYTES_AT_ONCE_MAX)
                  .take(steps)
              : CompletableFuture.completedFuture(new Got.Value<>(headers(place, steps)));
      case Got.Failed<List<Step>>(var because) ->
          CompletableFuture.completedFuture(new Got.Failed<>(because));
      case Got.Lost<List<Step>>(var why) -> CompletableFuture.completedFuture(new Got.Lost<>(why));
    };
  }

  private LogCursor.Taken headers(Position place, List<Step> steps) {
    List<RawJson> headers = new ArrayList<>();
    for (Step step : steps) {
      if (!step.isRemoval()) {
        headers.add(station.header(step.block()));
      }
    }
    return new LogCursor.Taken(headers, place.then(steps));
  }

  private void told(Got<LogCursor.Taken> got) {
    switch (got) {
      case Got.Value<LogCursor.Taken>(var taken) -> {
        waits(false);
        failures = 0;
        boolean isMoved = !subscription.position().equals(taken.end());
        taken.logs().forEach(subscription::tell);
        subscription.moveTo(taken.end());
        subscription.seat().flush();
        if (isMoved) {
          goOn();
        } else {
          isGoing = false;
        }
      }
      case Got.Failed<LogCursor.Taken> _ -> later();
      case Got.Lost<LogCursor.Taken>(var why) -> lost(why);
    }
  }

  /** Whether it waits for logs of blocks that are new to its client. */
  private void waits(boolean now) {
    if (now != isWaiting && subscription.subject() instanceof Subject.Logs) {
      isWaiting = now;
      station.waitsAlone(now ? 1 : -1);
    }
  }

  /** Another stretch, when the line has room for it; on another turn of the loop. */
  private void goOn() {
    if (subscription.isOver()) {
      return;
    }
    subscription
        .seat()
        .line()
        .whenRoomy(() ->
            crowd.soon(() -> {
              isGoing = false;
              go();
            }));
  }

  private void later() {
    isGoing = false;
    long wait = Math.min(RETRY_NANOS_MAX, RETRY_NANOS_MIN << Math.min(failures++, 10));
    retry =
        station
            .ticker()
            .alarm(
                wait,
                () -> {
                  retry = null;
                  go();
                });
  }

  private boolean isOver(@Nullable Throwable defect) {
    if (defect != null) {
      LOG.atError().setCause(defect).log("a defect while a subscription catches up");
      lost("internal error");
    }
    return subscription.isOver();
  }

  private void lost(String why) {
    subscription.lost(why);
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one cursor of a network that goes with its head for all who listen: step by step along the
 * chain log, each step written once and handed to every event loop that has listeners. It stands
 * still while nobody listens.
 *
 * <p>It does not pass a block whose logs are wanted and not known to be all: it waits for the
 * receipts that the chain log gets, and if they do not come, asks for the logs by the block's hash,
 * again and again. What comes later waits in the ring meanwhile; if the block is orphaned, the way
 * no longer leads over it; if the ring leaves it behind for good, all who listen are told that they
 * have lost the chain.
 *
 * <p>Everything happens on one loop, whatever loop it is told from.
 */
final class Feed {

  /** What a feed tells. */
  enum Kind {
    HEADS("newHeads"),
    LOGS("logs");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The kind of subscriptions that it serves. */
    String label() {
      return label;
    }
  }

  /** Bounds one turn of the event loop. */
  private static final int STEPS_AT_ONCE_MAX = 32;

  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(4);

  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  private final Kind kind;
  private final Station station;
  private final Executor home;
  private final Map<Crowd, Integer> crowds = new LinkedHashMap<>();
  private volatile boolean isListenedTo;
  private volatile boolean isWaiting;
  private @Nullable Position position;
  private boolean isOnTheWay;
  private boolean isBehind;

  // The block that it waits for.
  private Hash awaited = Hash.ZERO;
  private long awaitedSinceNanos;
  private int tries;
  private boolean isAsking;
  private Ticker.@Nullable Alarm alarm;

  Feed(Kind kind, Station station, Executor home) {
    this.kind = kind;
    this.station = station;
    this.home = home;
  }

  Kind kind() {
    return kind;
  }

  // From any thread.

  /**
   * The crowd hears of all steps from now on, after being told where they begin.
   *
   * @param visit which of its visits this is
   */
  void join(Crowd crowd, int visit) {
    isListenedTo = true;
    onHome(() -> joined(crowd, visit));
  }

  void leave(Crowd crowd) {
    onHome(() -> left(crowd));
  }

  /** The chain has moved, or receipts have come. */
  void news() {
    if (isListenedTo) {
      onHome(this::advance);
    }
  }

  /** Whether it waits for the logs of a block. */
  boolean isWaiting() {
    return isWaiting;
  }

  private void onHome(Runnable action) {
    try {
      home.execute(action);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody is told of the chain any more: the gateway is closing");
    }
  }

  // At home.

  private void joined(Crowd crowd, int visit) {
    isListenedTo = true;
    if (position == null) {
      position = station.log().view().tip().map(Position::after).orElse(null);
    }
    crowds.put(crowd, visit);
    if (position != null) {
      crowd.began(visit, position);
    }
    advance();
  }

  private void left(Crowd crowd) {
    crowds.remove(crowd);
    if (crowds.isEmpty()) {
      isListenedTo = false;
      position = null;
      arrived();
    }
  }

  private void advance() {
    View view = station.log().view();
    if (isOnTheWay || crowds.isEmpty() || view.tip().isEmpty()) {
      isBehind = isOnTheWay;
      return;
    }
    if (position == null) {
      position = Position.after(view.tip().get());
      begin(position);
    }
    isOnTheWay = true;
    isBehind = false;
    Position from = position;
    new HeadCursor(view, station.orphans())
        .way(from, station.errand())
        .whenComplete((got, defect) -> {
          isOnTheWay = false;
          if (defect != null) {
            LOG.atError().setCause(defect).log("a defect while following the chain for listeners");
            retry();
          } else if (from.equals(position)) {
            go(got);
          }
          if (isBehind) {
            advance();
          }
        });
  }

  private void go(Got<List<Step>> way) {
    switch (way) {
      case Got.Value<List<Step>>(var steps) -> walk(steps);
      case Got.Failed<List<Step>> _ -> retry();
      case Got.Lost<List<Step>> _ -> lost();
    }
  }

  private void walk(List<Step> steps) {
    List<Deed> deeds = new ArrayList<>();
    Position at = position;
    Optional<Block> missing = Optional.empty();
    for (Step step : steps.subList(0, Math.min(steps.size(), STEPS_AT_ONCE_MAX))) {
      Optional<Deed> deed = deed(step);
      if (deed.isEmpty()) {
        missing = Optional.of(step.block());
        break;
      }
      deeds.add(deed.get());
      at = at == null ? null : at.then(step);
    }
    if (!deeds.isEmpty()) {
      position = at;
      arrived();
      Parcel parcel = new Parcel(deeds, kind, station.arrivalsNanos(deeds), crowds.size());
      crowds.keySet().forEach(crowd -> crowd.handed(parcel));
    }
    missing.ifPresent(this::await);
    if (missing.isEmpty() && steps.size() > STEPS_AT_ONCE_MAX) {
      onHome(this::advance);
    }
  }

  /** Empty while the logs of a block are not known. */
  private Optional<Deed> deed(Step step) {
    return switch (kind) {
      case HEADS -> Optional.of(Deed.ofHead(step, station.header(step.block())));
      case LOGS -> {
        Block block = step.block();
        Optional<Deed> known = station.logs().known(block).map(logs -> Deed.ofLogs(step, logs));
        // Logs that are to be taken back are looked for by those who were told of them.
        yield known.isPresent() || (!step.isRemoval() && isWanted(block))
            ? known
            : Optional.of(Deed.withoutLogs(step));
      }
    };
  }

  private boolean isWanted(Block block) {
    return block.hash().equals(awaited)
        || !station.logs().isExcluding(block, station.network().chainId())
        || station.wanted().mayBeIn(block);
  }

  // Waiting.

  private void await(Block block) {
    isWaiting = true;
    if (!block.hash().equals(awaited)) {
      arrived();
      isWaiting = true;
      awaited = block.hash();
      awaitedSinceNanos = station.ticker().nanos();
    }
    if (isAsking || alarm != null) {
      return;
    }
    long left = awaitedSinceNanos + station.receiptsNanos() - station.ticker().nanos();
    if (tries == 0 && left > 0) {
      alarm = station.ticker().alarm(left, this::rung);
    } else {
      ask(block);
    }
  }

  private void ask(Block block) {
    isAsking = true;
    tries++;
    station
        .logs()
        .of(block, station.errand())
        .whenComplete((got, defect) -> {
          isAsking = false;
          if (defect != null) {
            LOG.atError().setCause(defect).log("a defect while asking for the logs of a block");
          }
          if (defect == null && got instanceof Got.Value) {
            advance();
          } else {
            retry();
          }
        });
  }

  private void retry() {
    if (alarm == null && !crowds.isEmpty()) {
      long wait = Math.min(RETRY_NANOS_MAX, RETRY_NANOS_MIN << Math.min(tries, 10));
      alarm = station.ticker().alarm(wait, this::rung);
    }
  }

  private void rung() {
    alarm = null;
    advance();
  }

  /** It waits for nothing. */
  private void arrived() {
    isWaiting = false;
    awaited = Hash.ZERO;
    tries = 0;
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  /** The way from where it stands cannot be found any more: it begins anew for newcomers. */
  private void lost() {
    LOG.atWarn()
        .log(
            "chain {}: those who listen have lost the chain: it went on too far without them",
            station.network().chainId());
    arrived();
    position = station.log().view().tip().map(Position::after).orElse(null);
    crowds.keySet().forEach(crowd -> crowd.lost("lost the chain"));
    if (position != null) {
      begin(position);
    }
  }

  private void begin(Position from) {
    crowds.forEach((crowd, visit) -> crowd.began(visit, from));
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.chain.View;
import io.jethproxy.eth.Hex;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells those on one event loop whether the network can be used: whether any provider shows its
 * chain. Each is told how it is when he begins, and each change. Used on that loop only.
 */
final class SyncNews {

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final RawJson USABLE = RawJson.of("false");

  private final Station station;
  private final Supplier<View> now;
  private final Listeners listeners = new Listeners();
  private boolean isUsable;
  private boolean isLooking;

  /**
   * @param now the chain as it is now
   */
  SyncNews(Station station, Supplier<View> now) {
    this.station = station;
    this.now = now;
  }

  void add(Subscription subscription) {
    if (listeners.isEmpty()) {
      isUsable = now.get().tip().isPresent();
    }
    listeners.add(subscription);
    subscription.onEnd(() -> listeners.remove(subscription));
    subscription.tell(state());
    subscription.seat().flush();
    lookLater();
  }

  private void lookLater() {
    if (!isLooking && !listeners.isEmpty()) {
      isLooking = true;
      station.ticker().alarm(LOOK_NANOS, this::look);
    }
  }

  private void look() {
    isLooking = false;
    if (now.get().tip().isPresent() != isUsable) {
      isUsable = !isUsable;
      listeners.tell(List.of(state()));
    }
    lookLater();
  }

  /** As geth says it; the highest block is not known while nobody shows any. */
  private RawJson state() {
    String block = Hex.quantity(Math.max(0, station.log().view().tipNumber()));
    return isUsable
        ? USABLE
        : RawJson.of(
            "{\"syncing\":true,\"status\":{\"startingBlock\":\"%s\",\"currentBlock\":\"%s\",\"highestBlock\":\"%s\"}}"
                .formatted(block, block, block));
  }
}

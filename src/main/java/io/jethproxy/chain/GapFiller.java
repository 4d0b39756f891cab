package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.eth.Hash;
import io.jethproxy.fleet.Provider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Fetches the blocks between the ring and the heads that providers show, a few at a time. */
final class GapFiller {

  /** Between two blocks that nobody waits for. */
  static final long PACE_NANOS = MILLISECONDS.toNanos(100);

  private static final int AT_ONCE_MAX = 4;

  private final ChainLog log;
  private final Asking asking;
  private final Predicate<Block> accepts;
  private final Runnable filled;
  private final Set<Hash> underWay = new HashSet<>();

  /**
   * @param filled run after each block that came
   */
  GapFiller(ChainLog log, Asking asking, Predicate<Block> accepts, Runnable filled) {
    this.log = log;
    this.asking = asking;
    this.accepts = accepts;
    this.filled = filled;
  }

  /** Asks for what is missing; what nobody could give is asked for again with the next head. */
  void fill() {
    for (ChainLog.Gap gap : log.gaps()) {
      if (underWay.size() < AT_ONCE_MAX && underWay.add(gap.hash())) {
        asking.blockByHash(
            gap.hash(), order(gap), block -> came(gap, block), () -> underWay.remove(gap.hash()));
      }
    }
  }

  /** Who has shown the descendant is asked first. */
  private List<Provider> order(ChainLog.Gap gap) {
    List<Provider> order = new ArrayList<>(asking.providers());
    order.sort((one, other) ->
        Boolean.compare(other.id().equals(gap.provider()), one.id().equals(gap.provider())));
    return order;
  }

  private void came(ChainLog.Gap gap, Block block) {
    underWay.remove(gap.hash());
    if (block.number() == gap.number() && accepts.test(block)) {
      log.add(block);
      filled.run();
    }
  }
}

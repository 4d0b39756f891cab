package io.jethproxy.observe;

import io.jethproxy.chain.Moved;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts how one network's chain has moved since the start. Told on one loop, read anywhere. */
public final class ChainCounts {

  private final LongAdder reorgs = new LongAdder();
  private final LongAdder orphaned = new LongAdder();
  private final LongAccumulator deepest = new LongAccumulator(Math::max, 0);
  private final LongAdder breaks = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /**
   * What was counted.
   *
   * @param reorgs how often blocks were replaced or taken back
   * @param orphaned blocks that were
   * @param deepest the most at once
   * @param breaks how often a new head could not be linked to what was known
   * @param refused blocks that do not have the hash that a provider said, or are too large to be
   *     kept
   */
  public record Counts(long reorgs, long orphaned, long deepest, long breaks, long refused) {

    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);
  }

  /** The chain has moved. */
  public void moved(Moved moved) {
    int depth = moved.orphaned().size();
    if (depth > 0) {
      reorgs.increment();
      orphaned.add(depth);
      deepest.accumulate(depth);
    }
    if (moved.isBroken()) {
      breaks.increment();
    }
  }

  /** A provider has shown a block that cannot be what it says. */
  public void refused() {
    refused.increment();
  }

  public Counts read() {
    return new Counts(reorgs.sum(), orphaned.sum(), deepest.get(), breaks.sum(), refused.sum());
  }
}

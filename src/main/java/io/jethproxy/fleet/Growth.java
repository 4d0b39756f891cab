package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.eth.Network;

/**
 * How fast a chain grows: as the table of networks says, or faster once it was seen to, since the
 * table may be wrong and a network unknown. Written by its owner under a lock; read without one.
 */
final class Growth {

  /** On such networks thousands of blocks are made at once, on request. */
  private static final String ON_REQUEST = "dev";

  private static final int FACTOR = 4;
  private static final int ALLOWANCE = 16;
  private static final double NEWS = 0.25;
  private static final long BLOCK_NANOS_MIN = MILLISECONDS.toNanos(1);

  private final boolean boundless;
  private final long tableNanos;
  private volatile long blockNanos;

  Growth(Network network) {
    boundless = network.quirks().contains(ON_REQUEST);
    tableNanos = MILLISECONDS.toNanos(network.blockTimeMillis());
    blockNanos = tableNanos;
  }

  /** The time between two blocks. */
  long blockNanos() {
    return blockNanos;
  }

  /** Whether blocks come by themselves. */
  boolean isSteady() {
    return !boundless;
  }

  /** The chain was seen to grow, and nobody doubted it. */
  void saw(long blocks, long nanos) {
    double each = (double) nanos / blocks;
    double next = Math.min((double) tableNanos, blockNanos * (1 - NEWS) + each * NEWS);
    blockNanos = Math.max(BLOCK_NANOS_MIN, (long) next);
  }

  /** Whether so many blocks can have been made in such a time. */
  boolean isPossible(long blocks, long nanos) {
    return boundless || blocks <= nanos / blockNanos * FACTOR + ALLOWANCE;
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;

/**
 * One block of the way from a {@link Position} to the head.
 *
 * @param block that is left or entered
 * @param direction which of both
 */
record Step(Block block, Direction direction) {

  /** Down an orphaned branch, or up the chain. */
  enum Direction {
    REMOVED,
    ADDED
  }

  boolean isRemoval() {
    return direction == Direction.REMOVED;
  }
}

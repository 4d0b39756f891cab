package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;

/**
 * A place in the chain: its owner was told of this block and of those before it, down to where it
 * began.
 *
 * @param hash of the block
 * @param number of the block
 * @param untoldNumber of the newest block that the owner was never told of, which is therefore
 *     never taken back
 */
record Position(Hash hash, long number, long untoldNumber) {

  /** Where an owner begins that is to be told of what comes after this block. */
  static Position after(Block block) {
    return new Position(block.hash(), block.number(), block.number());
  }

  /** One step on. */
  Position then(Step step) {
    Block block = step.block();
    return switch (step.direction()) {
      case REMOVED ->
          new Position(
              block.parent(), block.number() - 1, Math.min(untoldNumber, block.number() - 1));
      case ADDED -> new Position(block.hash(), block.number(), untoldNumber);
    };
  }

  /** All steps on. */
  Position then(Iterable<Step> steps) {
    Position end = this;
    for (Step step : steps) {
      end = end.then(step);
    }
    return end;
  }

  /**
   * Whether a step from here takes back or tells anything: what was never told is not taken back.
   */
  boolean isHeard(Step step) {
    return !step.isRemoval() || step.block().number() > untoldNumber;
  }
}

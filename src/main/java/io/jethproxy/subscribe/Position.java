package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;

/**
 * A place in the chain: its owner was told of this block and of those before it, down to where it
 * began.
 *
 * @param hash of the block
 * @param number of the block
 * @param untoldNumber of the newest block that the owner was never told of, which is therefore
 *     never taken back
 * @param logIndex of the last log of the block that the owner was told; {@link #ALL_LOGS} when it
 *     was told all of them
 */
record Position(Hash hash, long number, long untoldNumber, long logIndex) {

  /** Nothing of the block is left to be told. */
  static final long ALL_LOGS = Long.MAX_VALUE;

  /** Of an owner who is told of no blocks. */
  static final Position NOWHERE = new Position(Hash.ZERO, -1, -1);

  Position(Hash hash, long number, long untoldNumber) {
    this(hash, number, untoldNumber, ALL_LOGS);
  }

  /** Where an owner begins that is to be told of what comes after this block. */
  static Position after(Block block) {
    return new Position(block.hash(), block.number(), block.number());
  }

  /** Where an owner is who was told of all blocks before this one, in what is final long since. */
  static Position before(long number, Position earlier) {
    return new Position(Hash.ZERO, number - 1, earlier.untoldNumber());
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

  /** Whether the owner was told only the first logs of the block. */
  boolean isAmidBlock() {
    return logIndex != ALL_LOGS;
  }

  /** Whether a log of a step from here is one to tell or take back. */
  boolean concerns(Step step, RawJson log) {
    if (!isAmidBlock() || !step.block().hash().equals(hash)) {
      return true;
    }
    boolean wasTold = Slices.quantity(Slices.member(log, "logIndex")) <= logIndex;
    return wasTold == step.isRemoval();
  }

  /** As people are told it: where to go on from. */
  String text() {
    String block = "block " + Hex.quantity(number);
    String known = hash.equals(Hash.ZERO) ? block : block + " " + hash;
    return isAmidBlock() ? known + " log " + Hex.quantity(logIndex) : known;
  }

  /**
   * Whether a step from here takes back or tells anything: what was never told is not taken back.
   */
  boolean isHeard(Step step) {
    return !step.isRemoval() || step.block().number() > untoldNumber;
  }
}

package io.jethproxy.cache;

import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;

/**
 * For how long a kept answer is true. It is asked on each hit, with the chain as it is then, so a
 * reorganisation needs no invalidation: an answer of a block that left the chain is no hit.
 */
sealed interface Validity {

  /**
   * Whether the answer is true now.
   *
   * @param era of the chain, see {@link Eras}
   */
  boolean holds(View view, long era, long nowNanos);

  /** Whether it is true even while nobody knows what the chain is now. */
  boolean outlivesTheView();

  /** True for a while, whatever the chain does. */
  record Timeless(long untilNanos) implements Validity {
    @Override
    public boolean holds(View view, long era, long nowNanos) {
      return nowNanos - untilNanos < 0;
    }

    @Override
    public boolean outlivesTheView() {
      return true;
    }
  }

  /** True until the next block, and not for long on a chain that rests. */
  record AtTip(Hash tip, long untilNanos) implements Validity {
    @Override
    public boolean holds(View view, long era, long nowNanos) {
      return nowNanos - untilNanos < 0
          && view.tip().filter(block -> block.hash().equals(tip)).isPresent();
    }

    @Override
    public boolean outlivesTheView() {
      return false;
    }
  }

  /**
   * State at the newest block: kept until the next block. A node that is asked for it while it
   * takes in that next block may have answered from there, as anvil does, and nothing in the answer
   * shows it; so what may be wrong is not given again once the next block is known.
   */
  record Newest(Hash tip) implements Validity {
    @Override
    public boolean holds(View view, long era, long nowNanos) {
      return view.tip().filter(block -> block.hash().equals(tip)).isPresent();
    }

    @Override
    public boolean outlivesTheView() {
      return false;
    }
  }

  /** True while the block is one of the newest of the chain. */
  record InRing(long number, Hash hash) implements Validity {
    @Override
    public boolean holds(View view, long era, long nowNanos) {
      return view.block(number).filter(block -> block.hash().equals(hash)).isPresent();
    }

    @Override
    public boolean outlivesTheView() {
      return false;
    }
  }

  /** True for good, since the block was finalized when the answer came. */
  record Final(long number, long era) implements Validity {
    @Override
    public boolean holds(View view, long currentEra, long nowNanos) {
      return era == currentEra && number <= view.finalizedNumber();
    }

    @Override
    public boolean outlivesTheView() {
      return true;
    }
  }
}

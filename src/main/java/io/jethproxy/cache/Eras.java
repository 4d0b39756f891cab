package io.jethproxy.cache;

import io.jethproxy.chain.View;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.Head;
import java.util.Optional;

/**
 * Tells when what was final is not any more: a network that was set up anew begins another era, and
 * answers of an earlier one are void. A network of the world never leaves its first.
 *
 * <p>One for each network in use. From any thread.
 */
final class Eras {

  private final ByChain<Era> eras = new ByChain<>();

  /** The era that a network is in. */
  long of(long chainId, View view) {
    return eras.get(chainId, Era::new).at(view);
  }

  private static final class Era {
    private volatile long version = -1;
    private volatile long count;
    private Optional<Head> finalized = Optional.empty();

    long at(View view) {
      if (view.version() > version) {
        observe(view);
      }
      return count;
    }

    private synchronized void observe(View view) {
      if (view.version() <= version) {
        return;
      }
      if (finalized.isPresent() && isBroken(finalized.get(), view)) {
        count++;
      }
      finalized = view.finalized();
      version = view.version();
    }

    private static boolean isBroken(Head before, View view) {
      Optional<Head> now = view.finalized();
      return now.isEmpty()
          || now.get().number() < before.number()
          || (now.get().number() == before.number() && !now.get().hash().equals(before.hash()))
          || view.block(before.number())
              .filter(block -> !block.hash().equals(before.hash()))
              .isPresent();
    }
  }
}

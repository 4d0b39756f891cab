package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import java.util.LinkedHashMap;
import java.util.Optional;

/** When the newest blocks became part of the chain here. From any thread. */
final class Arrivals {

  /** Of older ones it is forgotten. */
  private static final int BLOCKS_MAX = 64;

  private final LinkedHashMap<Hash, Long> nanos = new LinkedHashMap<>();

  /** The chain is this now; of what left it nothing is kept. */
  synchronized void look(View view, long nowNanos) {
    nanos.keySet().removeIf(hash -> view.block(hash).isEmpty());
    Optional<Block> at = view.tip();
    for (int i = 0; i < BLOCKS_MAX && at.isPresent(); i++) {
      if (nanos.putIfAbsent(at.get().hash(), nowNanos) != null) {
        break;
      }
      at = view.block(at.get().parent());
    }
    while (nanos.size() > BLOCKS_MAX) {
      nanos.pollFirstEntry();
    }
  }

  /** When a block came, or else this. */
  synchronized long of(Block block, long orElse) {
    return nanos.getOrDefault(block.hash(), orElse);
  }
}

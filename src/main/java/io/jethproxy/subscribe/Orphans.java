package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.Moved;
import io.jethproxy.eth.Hash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of one network that were part of the chain lately and are not any more, with the
 * receipts that were kept of them: who was told of them, must be told that they are gone. The
 * oldest go first when there are too many. From any thread: a short lock for all.
 */
final class Orphans {

  static final int COUNT_MAX = 1_024;

  /** Blocks of branches that only clients knew of, and which part of the bytes they may take. */
  private static final int LEARNED_MAX = 1_024;

  private static final int LEARNED_SHARE = 4;

  private final long bytesMax;
  private final LinkedHashMap<Hash, Block> blocks = new LinkedHashMap<>();
  private final LinkedHashMap<Hash, Block> learned = new LinkedHashMap<>();
  private long bytes;
  private long learnedBytes;

  Orphans(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Before anybody can see the chain without them. */
  synchronized void take(Moved moved) {
    for (Block block : moved.orphaned()) {
      forget(block.hash());
      blocks.put(block.hash(), block);
      bytes += block.bytes();
    }
    Iterator<Map.Entry<Hash, Block>> oldest = blocks.entrySet().iterator();
    while (blocks.size() > COUNT_MAX || bytes > bytesMax) {
      bytes -= oldest.next().getValue().bytes();
      oldest.remove();
    }
  }

  synchronized Optional<Block> block(Hash hash) {
    return Optional.ofNullable(blocks.get(hash)).or(() -> Optional.ofNullable(learned.get(hash)));
  }

  /** A block that was part of the chain elsewhere, and is not here. */
  synchronized void learn(Block block) {
    Block before = learned.put(block.hash(), block);
    learnedBytes += block.bytes() - (before == null ? 0 : before.bytes());
    while (learned.size() > LEARNED_MAX || learnedBytes > bytesMax / LEARNED_SHARE) {
      learnedBytes -= learned.pollFirstEntry().getValue().bytes();
    }
  }

  private void forget(Hash hash) {
    Block gone = blocks.remove(hash);
    bytes -= gone == null ? 0 : gone.bytes();
  }
}

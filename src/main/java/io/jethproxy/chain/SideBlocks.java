package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The blocks beside the ring: side branches, and what is not linked yet, bounded by count and by
 * bytes. What was asked for last is never dropped, and what providers show only for want of memory;
 * one provider's padding must not push out what others show. Used by the log's writer.
 */
final class SideBlocks {

  /** Beyond these the lowest are dropped. */
  static final int BLOCKS_MAX = 512;

  private static final Comparator<Block> BY_NUMBER = Comparator.comparingLong(Block::number);

  private static final Comparator<Block> LARGEST_FIRST =
      Comparator.comparingLong(Block::bytesWithoutReceipts).reversed().thenComparing(BY_NUMBER);

  private final Map<Hash, Block> blocks = new HashMap<>();
  private final long bytesMax;
  private final Predicate<Block> isHead;

  /** What was asked for last; as many as there are providers. */
  private final Set<Hash> wanted = new HashSet<>();

  /** What there was no memory for since the chain has moved; the one dropped first is forgotten. */
  private final Set<Hash> dropped = new LinkedHashSet<>();

  /**
   * @param bytesMax beyond this the largest are dropped
   * @param isHead whether a provider shows this block
   */
  SideBlocks(long bytesMax, Predicate<Block> isHead) {
    this.bytesMax = bytesMax;
    this.isHead = isHead;
  }

  void put(Block block) {
    blocks.put(block.hash(), block);
  }

  void remove(Block block) {
    blocks.remove(block.hash());
  }

  @Nullable Block get(Hash hash) {
    return blocks.get(hash);
  }

  /** Whether there was no memory for it since the chain has moved. */
  boolean wasDropped(Hash hash) {
    return dropped.contains(hash);
  }

  /** The chain has moved: what was dropped may be needed now. */
  void forgetDropped() {
    dropped.clear();
  }

  /** These are asked for now, and no others. */
  void want(List<Hash> hashes) {
    wanted.clear();
    wanted.addAll(hashes);
  }

  /**
   * Keeps within the bounds.
   *
   * @param bottomNumber the oldest block of the ring
   */
  void prune(long bottomNumber) {
    blocks.values().removeIf(block -> block.number() < bottomNumber - 1 && !isHead.test(block));
    while (blocks.size() > BLOCKS_MAX && drop(this::isSpare, BY_NUMBER)) {}
    while (Block.bytesOfAll(blocks.values()) > bytesMax
        && blocks.size() > 1
        && (drop(this::isSpare, LARGEST_FIRST) || drop(this::isShown, LARGEST_FIRST))) {}
  }

  /** Drops the first of those that may be dropped; false when there is none. */
  private boolean drop(Predicate<Block> mayBeDropped, Comparator<Block> order) {
    Optional<Block> first = blocks.values().stream().filter(mayBeDropped).min(order);
    first.ifPresent(block -> {
      blocks.remove(block.hash());
      dropped.add(block.hash());
      if (dropped.size() > BLOCKS_MAX) {
        dropped.remove(dropped.iterator().next());
      }
    });
    return first.isPresent();
  }

  private boolean isSpare(Block block) {
    return !wanted.contains(block.hash()) && !isHead.test(block);
  }

  private boolean isShown(Block block) {
    return !wanted.contains(block.hash()) && isHead.test(block);
  }
}

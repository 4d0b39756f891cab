package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.rpc.RawJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chain as it is taken to be at one moment: the newest blocks in a row, each the parent of the
 * next, up to the head that may be served. Immutable; what is not in it is not known, never absent.
 */
public final class View {

  /** Nothing is known. */
  public static final View UNKNOWN = new View(0, List.of(), Optional.empty(), Optional.empty());

  private final long version;
  private final List<Block> blocks;
  private final Map<Hash, Block> byHash;
  private final Optional<Head> safe;
  private final Optional<Head> finalized;

  View(long version, List<Block> blocks, Optional<Head> safe, Optional<Head> finalized) {
    this.version = version;
    this.blocks = List.copyOf(blocks);
    this.byHash = HashMap.newHashMap(blocks.size());
    blocks.forEach(block -> byHash.put(block.hash(), block));
    this.safe = safe;
    this.finalized = finalized;
  }

  /** Grows with each change. */
  public long version() {
    return version;
  }

  /** The newest block; empty when nothing is known. */
  public Optional<Block> tip() {
    return blocks.isEmpty() ? Optional.empty() : Optional.of(blocks.getLast());
  }

  /** Number of the newest block; negative when nothing is known. */
  public long tipNumber() {
    return blocks.isEmpty() ? -1 : blocks.getLast().number();
  }

  /** Number of the oldest block that is kept; negative when nothing is known. */
  public long bottomNumber() {
    return blocks.isEmpty() ? -1 : blocks.getFirst().number();
  }

  /** The newest safe block, at most the tip; empty when the providers do not say. */
  public Optional<Head> safe() {
    return safe;
  }

  /** The newest finalized block, at most the safe one; empty when the providers do not say. */
  public Optional<Head> finalized() {
    return finalized;
  }

  /** Number of the newest finalized block; negative when not known. */
  public long finalizedNumber() {
    return finalized.map(Head::number).orElse(-1L);
  }

  /**
   * This chain with what was learned later of its safe and finalized blocks, as far as they are of
   * this very chain.
   */
  public View withFinalityOf(View later) {
    return new View(
        version,
        blocks,
        safe.or(() -> later.safe().filter(this::has)),
        finalized.or(() -> later.finalized().filter(this::has)));
  }

  /** Only what is final of a chain, for when nothing is known of its head any more. */
  public static View ofFinality(View last) {
    return new View(last.version(), List.of(), last.safe(), last.finalized());
  }

  private boolean has(Head head) {
    return head.number() <= tipNumber()
        && (head.number() < bottomNumber()
            || block(head.number()).filter(own -> own.hash().equals(head.hash())).isPresent());
  }

  /** The blocks that are kept, oldest first. */
  public List<Block> blocks() {
    return blocks;
  }

  /** The block at this height; empty when it is older than what is kept, or not there yet. */
  public Optional<Block> block(long number) {
    long index = number - bottomNumber();
    return blocks.isEmpty() || index < 0 || index >= blocks.size()
        ? Optional.empty()
        : Optional.of(blocks.get((int) index));
  }

  /** The block with this hash, if it is one of those kept. */
  public Optional<Block> block(Hash hash) {
    return Optional.ofNullable(byHash.get(hash));
  }

  /** The receipt of a transaction in the blocks whose receipts are kept. */
  public Optional<RawJson> receipt(Hash transaction) {
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Optional<RawJson> found =
          blocks.get(i).receipts().flatMap(receipts -> receipts.of(transaction));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}

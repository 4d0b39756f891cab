package io.jethproxy.chain;

import io.jethproxy.eth.Head;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;

/** Views of a chain for the tests of those who read them. */
public final class KnownChain {

  private KnownChain() {}

  /** The chain of these blocks, which follow each other. */
  public static View of(Block... blocks) {
    return new View(1, List.of(blocks), Optional.empty(), Optional.empty());
  }

  /** The chain of this block, which is final. */
  public static View ofFinal(Block block) {
    Optional<Head> head = Optional.of(block.head());
    return new View(1, List.of(block), head, head);
  }

  public static Block block(String json) {
    return Block.read(RawJson.of(json)).orElseThrow();
  }

  /** The block with its receipts. */
  public static Block with(Block block, String receipts) {
    return block.with(BlockReceipts.read(RawJson.of(receipts), block.head()).orElseThrow());
  }
}

package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks for a transaction in the newest blocks, which list the hashes of theirs. Their text is
 * searched, a whole hash at a time where nothing fits (R. N. Horspool, "Practical fast searching in
 * strings", 1980): a block of 300 transactions takes some microseconds.
 */
public final class Listing {

  /** Providers that lag do so by less. */
  private static final int BLOCKS_MAX = 32;

  private Listing() {}

  /** The one of the newest blocks that has the transaction. */
  public static Optional<Block> blockOf(View view, Hash transaction) {
    byte[] wanted = ("\"" + transaction + "\"").getBytes(StandardCharsets.US_ASCII);
    int[] steps = steps(wanted);
    List<Block> blocks = view.blocks();
    return blocks.subList(Math.max(0, blocks.size() - BLOCKS_MAX), blocks.size()).stream()
        .filter(block -> contains(block.json(), wanted, steps))
        .findFirst();
  }

  /** How far to go on, by the last byte that was compared. */
  private static int[] steps(byte[] wanted) {
    int[] steps = new int[Byte.MAX_VALUE + 1];
    Arrays.fill(steps, wanted.length);
    for (int i = 0; i < wanted.length - 1; i++) {
      steps[wanted[i]] = wanted.length - 1 - i;
    }
    return steps;
  }

  private static boolean contains(RawJson text, byte[] wanted, int[] steps) {
    byte[] bytes = text.bytes();
    int at = text.from();
    while (at + wanted.length <= text.to()) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
      byte last = bytes[at + wanted.length - 1];
      at += last < 0 ? wanted.length : steps[last];
    }
    return false;
  }
}

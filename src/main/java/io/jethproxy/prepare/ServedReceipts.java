package io.jethproxy.prepare;

import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The receipts that clients were shown lately, so that none disappears because another provider is
 * asked. The oldest go first when there are too many. From any thread: a short lock for all.
 */
final class ServedReceipts {

  private static final int COUNT_MAX = 10_000;
  private static final long BYTES_MAX = 16L << 20;
  private static final int ENTRY_BYTES = 256;

  /**
   * A receipt.
   *
   * @param json the object as it was served
   * @param block the hash of its block
   * @param number of its block
   */
  record Served(RawJson json, Hash block, long number) {

    /** Reads a receipt; empty for null and for what is none. */
    static Optional<Served> read(RawJson receipt) {
      RawJson hash = Slices.content(Slices.member(receipt, "blockHash"));
      RawJson number = Slices.content(Slices.member(receipt, "blockNumber"));
      return Hash.read(hash.bytes(), hash.from(), hash.to())
          .map(block ->
              new Served(receipt, block, Hex.quantity(number.bytes(), number.from(), number.to())));
    }

    /** Whether the chain has the block for certain. */
    boolean isIn(View view) {
      return view.block(block).isPresent();
    }

    /** Whether the chain has another block in its place. */
    boolean isOrphanedIn(View view) {
      return view.block(number).filter(other -> !other.hash().equals(block)).isPresent();
    }

    /** Bytes of its own, so that it does not keep all that it was a part of. */
    private Served copy() {
      byte[] bytes = Arrays.copyOfRange(json.bytes(), json.from(), json.to());
      return new Served(new RawJson(bytes, 0, bytes.length), block, number);
    }
  }

  private record Key(long chainId, Hash transaction) {}

  private final LinkedHashMap<Key, Served> served = new LinkedHashMap<>();
  private long bytes;

  /** The receipt that clients were shown last. */
  synchronized Optional<Served> of(long chainId, Hash transaction) {
    return Optional.ofNullable(served.get(new Key(chainId, transaction)));
  }

  /** A client is shown a receipt. */
  synchronized void show(long chainId, Hash transaction, Served receipt) {
    Key key = new Key(chainId, transaction);
    Served before = served.get(key);
    if (before != null && before.block().equals(receipt.block())) {
      return;
    }
    Served after = receipt.copy();
    forget(key);
    served.put(key, after);
    bytes += weight(after);
    Iterator<Map.Entry<Key, Served>> oldest = served.entrySet().iterator();
    while (served.size() > COUNT_MAX || bytes > BYTES_MAX) {
      bytes -= weight(oldest.next().getValue());
      oldest.remove();
    }
  }

  private void forget(Key key) {
    Served gone = served.remove(key);
    bytes -= gone == null ? 0 : weight(gone);
  }

  private static int weight(Served receipt) {
    return ENTRY_BYTES + receipt.json().length();
  }
}

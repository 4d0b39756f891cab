package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.Arrays;
import java.util.Optional;

/** A signed transaction as {@code eth_sendRawTransaction} takes it. */
public final class RawTransaction {

  private static final int BLOB_TYPE = 3;

  private RawTransaction() {}

  /**
   * The hash of the transaction that is the first of the params; empty when that is not 0x hex
   * data.
   *
   * @param params valid JSON, or absent
   */
  public static Optional<Hash> hashOf(RawJson params) {
    RawJson text = Slices.content(Slices.element(params, 0));
    return Hex.data(text.bytes(), text.from(), text.to())
        .filter(bytes -> bytes.length > 0)
        .map(RawTransaction::hashOf);
  }

  /** The hash of a transaction of any type, as sent or as in a block. */
  public static Hash hashOf(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == BLOB_TYPE ? hashOfBlobs(bytes) : Keccak.hash(bytes);
  }

  /**
   * On its way to a pool a blob transaction carries its blobs, {@code 3 || [tx, blobs, …]}, and is
   * still named by the hash of {@code 3 || tx}.
   */
  private static Hash hashOfBlobs(byte[] bytes) {
    try {
      Rlp.Item outer = Rlp.itemAt(bytes, 1);
      Rlp.Item first = Rlp.itemAt(bytes, outer.from());
      if (!first.isList()) {
        return Keccak.hash(bytes);
      }
      byte[] inner = Arrays.copyOfRange(bytes, outer.from() - 1, first.to());
      inner[0] = BLOB_TYPE;
      return Keccak.hash(inner);
    } catch (IllegalArgumentException notRlp) {
      return Keccak.hash(bytes);
    }
  }
}

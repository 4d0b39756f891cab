package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transaction as JSON-RPC shows it in full: its encoding, of which its hash and the block's root
 * are made.
 *
 * <p>The sender is no part of the encoding: it follows from the signature, which is not checked
 * here.
 */
public final class Transaction {

  private Transaction() {}

  /**
   * The bytes of a transaction as its block commits to them; empty when it is of a type that is not
   * known here, or a field is missing or not as expected.
   *
   * @param transaction valid JSON
   */
  public static Optional<byte[]> encoded(RawJson transaction) {
    if (transaction.first() != '{') {
      return Optional.empty();
    }
    TransactionFields fields = new TransactionFields();
    Slices.members(transaction, fields);
    return fields.encoded();
  }

  /** The hash of a transaction; empty as {@link #encoded} is. */
  public static Optional<Hash> hashOf(RawJson transaction) {
    return encoded(transaction).map(Keccak::hash);
  }

  /**
   * The root over the transactions of a block in order; empty when one cannot be encoded.
   *
   * @param transactions a valid JSON array of transactions in full
   */
  public static Optional<Hash> rootOf(RawJson transactions) {
    List<byte[]> encoded = new ArrayList<>();
    TransactionFields fields = new TransactionFields();
    boolean known =
        Slices.objects(transactions, new Slices.Objects() {
          @Override
          public void see(RawJson key, RawJson value) {
            fields.see(key, value);
          }

          @Override
          public boolean end(RawJson transaction) {
            Optional<byte[]> bytes = fields.encoded();
            fields.clear();
            bytes.ifPresent(encoded::add);
            return bytes.isPresent();
          }
        });
    return known ? Optional.of(Trie.rootOf(encoded)) : Optional.empty();
  }
}

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
   * The transactions of a block in order, each encoded.
   *
   * @param root over all
   * @param isNamedRight whether each came under its own hash
   */
  public record Body(Hash root, boolean isNamedRight) {}

  /**
   * Encodes the transactions of a block; empty when one cannot be encoded.
   *
   * @param transactions a valid JSON array of transactions in full
   */
  public static Optional<Body> bodyOf(RawJson transactions) {
    BodyReader reader = new BodyReader();
    return Slices.objects(transactions, reader)
        ? Optional.of(new Body(Trie.rootOf(reader.encoded), reader.isNamedRight))
        : Optional.empty();
  }

  private static final class BodyReader implements Slices.Objects {
    private final TransactionFields fields = new TransactionFields();
    private final List<byte[]> encoded = new ArrayList<>();
    private boolean isNamedRight = true;
    private RawJson name = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      fields.see(key, value);
      if (key.is("hash")) {
        name = value;
      }
    }

    @Override
    public boolean end(RawJson transaction) {
      Optional<byte[]> bytes = fields.encoded();
      isNamedRight &= Slices.hash(name).equals(bytes.map(Keccak::hash));
      bytes.ifPresent(encoded::add);
      name = RawJson.ABSENT;
      fields.clear();
      return bytes.isPresent();
    }
  }
}

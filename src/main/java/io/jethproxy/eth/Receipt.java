package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a transaction did: the part of a receipt that the block commits to.
 *
 * @param type of the transaction: 0 to 4, or {@link #DEPOSIT_TYPE}
 * @param success whether it was not reverted
 * @param cumulativeGasUsed by this transaction and those before it in the block
 * @param logs in order
 * @param stateRoot after the transaction; before Byzantium, in the place of {@code success}
 * @param deposit of a deposit transaction, in chains that commit to it; else empty
 */
public record Receipt(
    int type,
    boolean success,
    long cumulativeGasUsed,
    List<Log> logs,
    Optional<Hash> stateRoot,
    Optional<Deposit> deposit) {

  /** What chains of the OP stack call their own transactions, which nobody signs. */
  public static final int DEPOSIT_TYPE = 0x7e;

  private static final int TYPE_MAX = 4;

  /**
   * What the receipt of a deposit has besides, since the upgrade Canyon.
   *
   * @param nonce of the sender
   * @param version of the receipt
   */
  public record Deposit(long nonce, long version) {}

  public Receipt {
    if (!isKnown(type)) {
      throw new IllegalArgumentException(
          "receipt type: " + type + " (expected: 0.." + TYPE_MAX + " or " + DEPOSIT_TYPE + ")");
    }
    logs = List.copyOf(logs);
  }

  /** The receipt of a transaction of Ethereum since Byzantium. */
  public Receipt(int type, boolean success, long cumulativeGasUsed, List<Log> logs) {
    this(type, success, cumulativeGasUsed, logs, Optional.empty(), Optional.empty());
  }

  /**
   * The root over the receipts of a block, as {@code eth_getBlockReceipts} answers them in order;
   * empty when one is of a kind that is not known here.
   *
   * @param receipts a valid JSON array
   */
  public static Optional<Hash> rootOf(RawJson receipts) {
    List<byte[]> encoded = new ArrayList<>();
    for (RawJson each : Slices.elements(receipts)) {
      Optional<Receipt> receipt = read(each);
      if (receipt.isEmpty()) {
        return Optional.empty();
      }
      encoded.add(receipt.get().encoded());
    }
    return Optional.of(Trie.rootOf(encoded));
  }

  /** Reads a receipt object of JSON-RPC; empty when a field is missing or not as expected. */
  public static Optional<Receipt> read(RawJson receipt) {
    return receipt.first() == '{' ? new ReceiptReader(receipt).receipt() : Optional.empty();
  }

  static boolean isKnown(long type) {
    return (type >= 0 && type <= TYPE_MAX) || type == DEPOSIT_TYPE;
  }

  public Bloom bloom() {
    return Bloom.of(logs);
  }

  /** The bytes that the receipts' root is made of. */
  public byte[] encoded() {
    List<byte[]> items = new ArrayList<>();
    items.add(
        stateRoot.map(root -> Rlp.string(root.bytes())).orElse(Rlp.quantity(success ? 1 : 0)));
    items.add(Rlp.quantity(cumulativeGasUsed));
    items.add(Rlp.string(bloom().bytes()));
    items.add(Rlp.list(logs.stream().map(Log::encoded).toList()));
    deposit.ifPresent(more -> {
      items.add(Rlp.quantity(more.nonce()));
      items.add(Rlp.quantity(more.version()));
    });
    byte[] body = Rlp.list(items);
    return type == 0 ? body : Rlp.typed(type, body);
  }
}

package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a transaction did: the part of a receipt that the block commits to.
 *
 * @param type of the transaction, 0 to 4: others have receipts with further fields
 * @param success whether it was not reverted
 * @param cumulativeGasUsed by this transaction and those before it in the block
 * @param logs in order
 */
public record Receipt(int type, boolean success, long cumulativeGasUsed, List<Log> logs) {

  private static final int TYPE_MAX = 4;

  public Receipt {
    if (type < 0 || type > TYPE_MAX) {
      throw new IllegalArgumentException("receipt type: " + type + " (expected: 0..4)");
    }
    logs = List.copyOf(logs);
  }

  /**
   * The root over the receipts of a block, as {@code eth_getBlockReceipts} answers them in order;
   * empty when one is of another kind than Ethereum has had since 2017.
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
    if (receipt.first() != '{') {
      return Optional.empty();
    }
    Fields fields = new Fields();
    Slices.members(receipt, fields);
    long type = fields.type.isAbsent() ? 0 : quantity(fields.type);
    long status = quantity(fields.status);
    long gas = quantity(fields.cumulativeGasUsed);
    if (type < 0 || type > TYPE_MAX || status < 0 || status > 1 || gas < 0) {
      return Optional.empty();
    }
    if (fields.logs.first() != '[') {
      return Optional.empty();
    }
    List<Log> logs = new ArrayList<>();
    for (RawJson each : Slices.elements(fields.logs)) {
      Optional<Log> log = Log.read(each);
      if (log.isEmpty()) {
        return Optional.empty();
      }
      logs.add(log.get());
    }
    return Optional.of(new Receipt((int) type, status == 1, gas, logs));
  }

  public Bloom bloom() {
    return Bloom.of(logs);
  }

  /** The bytes that the receipts' root is made of. */
  public byte[] encoded() {
    byte[] body =
        Rlp.list(
            List.of(
                Rlp.quantity(success ? 1 : 0),
                Rlp.quantity(cumulativeGasUsed),
                Rlp.string(bloom().bytes()),
                Rlp.list(logs.stream().map(Log::encoded).toList())));
    if (type == 0) {
      return body;
    }
    byte[] typed = new byte[body.length + 1];
    typed[0] = (byte) type;
    System.arraycopy(body, 0, typed, 1, body.length);
    return typed;
  }

  private static long quantity(RawJson value) {
    RawJson text = Slices.content(value);
    return Hex.quantity(text.bytes(), text.from(), text.to());
  }

  private static final class Fields implements Slices.Members {
    private RawJson type = RawJson.ABSENT;
    private RawJson status = RawJson.ABSENT;
    private RawJson cumulativeGasUsed = RawJson.ABSENT;
    private RawJson logs = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("type")) {
        type = value;
      } else if (key.is("status")) {
        status = value;
      } else if (key.is("cumulativeGasUsed")) {
        cumulativeGasUsed = value;
      } else if (key.is("logs")) {
        logs = value;
      }
    }
  }
}

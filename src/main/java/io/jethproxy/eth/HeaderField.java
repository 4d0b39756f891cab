package io.jethproxy.eth;

/** The fields of a block header in the order of its encoding; a fork adds rows at the end. */
public enum HeaderField {
  PARENT_HASH("parentHash", 32),
  UNCLES_HASH("sha3Uncles", 32),
  MINER("miner", 20),
  STATE_ROOT("stateRoot", 32),
  TRANSACTIONS_ROOT("transactionsRoot", 32),
  RECEIPTS_ROOT("receiptsRoot", 32),
  LOGS_BLOOM("logsBloom", Bloom.LENGTH_BYTES),
  DIFFICULTY("difficulty", Kind.UP_TO_32_BYTES),
  NUMBER("number"),
  GAS_LIMIT("gasLimit"),
  GAS_USED("gasUsed"),
  TIMESTAMP("timestamp"),
  EXTRA_DATA("extraData", Kind.ANY_LENGTH),
  MIX_HASH("mixHash", 32),
  NONCE("nonce", 8),
  /** London. */
  BASE_FEE("baseFeePerGas", Kind.UP_TO_32_BYTES),
  /** Shanghai. */
  WITHDRAWALS_ROOT("withdrawalsRoot", 32),
  /** Cancun, as the next two. */
  BLOB_GAS_USED("blobGasUsed"),
  EXCESS_BLOB_GAS("excessBlobGas"),
  PARENT_BEACON_BLOCK_ROOT("parentBeaconBlockRoot", 32),
  /** Prague. */
  REQUESTS_HASH("requestsHash", 32);

  /** Lengths that stand for something else. */
  private static final class Kind {
    private static final int ANY_LENGTH = -1;
    private static final int LONG = -2;
    private static final int UP_TO_32_BYTES = -3;
  }

  private final String key;
  private final int length;

  HeaderField(String key) {
    this(key, Kind.LONG);
  }

  HeaderField(String key, int length) {
    this.key = key;
    this.length = length;
  }

  /** The member of a block object in JSON-RPC. */
  public String key() {
    return key;
  }

  /** Whether it is a number; else it is data. */
  public boolean isQuantity() {
    return length == Kind.LONG || length == Kind.UP_TO_32_BYTES;
  }

  /** Whether every header has it; the others came with forks. */
  public boolean isOriginal() {
    return compareTo(NONCE) <= 0;
  }

  /** Whether the field may hold this value; numbers have no leading zeros. */
  boolean fits(byte[] value) {
    return switch (length) {
      case Kind.ANY_LENGTH -> true;
      case Kind.LONG -> value.length < 8 || (value.length == 8 && value[0] >= 0);
      case Kind.UP_TO_32_BYTES -> value.length <= 32;
      default -> value.length == length;
    };
  }
}

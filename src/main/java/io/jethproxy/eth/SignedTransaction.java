package io.jethproxy.eth;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signed transaction of a type that Ethereum has, read from its bytes, with whoever signed it.
 * Blobs that come along on the way to a pool are left out. Immutable.
 */
public final class SignedTransaction {

  /** The parts of transactions; which ones there are, and in what order, is up to the type. */
  public enum Part {
    CHAIN_ID("chainId"),
    NONCE("nonce"),
    GAS_PRICE("gasPrice"),
    PRIORITY_FEE("maxPriorityFeePerGas"),
    FEE("maxFeePerGas"),
    GAS("gas"),
    TO("to"),
    VALUE("value"),
    INPUT("input"),
    ACCESS_LIST("accessList"),
    BLOB_FEE("maxFeePerBlobGas"),
    BLOB_HASHES("blobVersionedHashes"),
    AUTHORIZATIONS("authorizationList"),
    V("v"),
    R("r"),
    S("s");

    private final String key;

    Part(String key) {
      this.key = key;
    }

    /** The member of a transaction object in JSON-RPC. */
    public String key() {
      return key;
    }
  }

  private static final int SIGNATURE_PARTS = 3;
  private static final int LEGACY_TYPE_MIN = 0xc0;
  private static final int BLOB_TYPE = 3;
  private static final int ADDRESS_LENGTH = 20;

  /** EIP-155: v of the first of the two signatures for chain 0, and of those for no chain. */
  private static final int V_OF_CHAIN_0 = 35;

  private static final int V_OF_NO_CHAIN = 27;

  private static final List<Part> LEGACY =
      List.of(
          Part.NONCE,
          Part.GAS_PRICE,
          Part.GAS,
          Part.TO,
          Part.VALUE,
          Part.INPUT,
          Part.V,
          Part.R,
          Part.S);
  private static final List<List<Part>> TYPED =
      List.of(
          List.of(
              Part.CHAIN_ID,
              Part.NONCE,
              Part.GAS_PRICE,
              Part.GAS,
              Part.TO,
              Part.VALUE,
              Part.INPUT,
              Part.ACCESS_LIST,
              Part.V,
              Part.R,
              Part.S),
          List.of(
              Part.CHAIN_ID,
              Part.NONCE,
              Part.PRIORITY_FEE,
              Part.FEE,
              Part.GAS,
              Part.TO,
              Part.VALUE,
              Part.INPUT,
              Part.ACCESS_LIST,
              Part.V,
              Part.R,
              Part.S),
          List.of(
              Part.CHAIN_ID,
              Part.NONCE,
              Part.PRIORITY_FEE,
              Part.FEE,
              Part.GAS,
              Part.TO,
              Part.VALUE,
              Part.INPUT,
              Part.ACCESS_LIST,
              Part.BLOB_FEE,
              Part.BLOB_HASHES,
              Part.V,
              Part.R,
              Part.S),
          List.of(
              Part.CHAIN_ID,
              Part.NONCE,
              Part.PRIORITY_FEE,
              Part.FEE,
              Part.GAS,
              Part.TO,
              Part.VALUE,
              Part.INPUT,
              Part.ACCESS_LIST,
              Part.AUTHORIZATIONS,
              Part.V,
              Part.R,
              Part.S));

  private final int type;
  private final byte[] list;
  private final Map<Part, Rlp.Item> parts;
  private final Hash hash;
  private final String sender;

  private SignedTransaction(
      int type, byte[] list, Map<Part, Rlp.Item> parts, Hash hash, String sender) {
    this.type = type;
    this.list = list;
    this.parts = parts;
    this.hash = hash;
    this.sender = sender;
  }

  /** Reads what {@code eth_sendRawTransaction} takes; empty for other types and other bytes. */
  public static Optional<SignedTransaction> read(byte[] raw) {
    if (raw.length == 0) {
      return Optional.empty();
    }
    try {
      int first = raw[0] & 0xff;
      if (first >= LEGACY_TYPE_MIN) {
        return read(0, raw, LEGACY, RawTransaction.hashOf(raw));
      }
      return first >= 1 && first <= TYPED.size()
          ? read(first, listOf(first, raw), TYPED.get(first - 1), RawTransaction.hashOf(raw))
          : Optional.empty();
    } catch (IllegalArgumentException notRlp) {
      return Optional.empty();
    }
  }

  /** The list of a typed transaction, without the blobs around it. */
  private static byte[] listOf(int type, byte[] raw) {
    Rlp.Item outer = Rlp.itemAt(raw, 1);
    if (type == BLOB_TYPE && outer.isList()) {
      Rlp.Item first = Rlp.itemAt(raw, outer.from());
      if (first.isList()) {
        return Arrays.copyOfRange(raw, outer.from(), first.to());
      }
    }
    return Arrays.copyOfRange(raw, 1, raw.length);
  }

  private static Optional<SignedTransaction> read(
      int type, byte[] list, List<Part> layout, Hash hash) {
    Rlp.Item whole = Rlp.itemAt(list, 0);
    Map<Part, Rlp.Item> parts = new EnumMap<>(Part.class);
    int at = whole.from();
    int signedTo = at;
    for (int i = 0; i < layout.size(); i++) {
      signedTo = i == layout.size() - SIGNATURE_PARTS ? at : signedTo;
      Rlp.Item item = Rlp.itemAt(list, at);
      parts.put(layout.get(i), item);
      at = item.to();
    }
    if (!whole.isList() || at != whole.to() || at != list.length) {
      return Optional.empty();
    }
    byte[] signed = Arrays.copyOfRange(list, whole.from(), signedTo);
    SignedTransaction unsent = new SignedTransaction(type, list, parts, hash, "");
    return unsent
        .recovered(signed)
        .map(sender -> new SignedTransaction(type, list, parts, hash, sender));
  }

  private Optional<String> recovered(byte[] signed) {
    BigInteger v = number(Part.V);
    if (type > 0) {
      Hash message = Keccak.hash(typed(Rlp.list(List.of(signed))));
      return v.bitLength() <= 1 ? sender(message, v.testBit(0)) : Optional.empty();
    }
    Optional<BigInteger> chainId = chainId();
    List<byte[]> items = new ArrayList<>(List.of(signed));
    chainId.ifPresent(
        id -> items.addAll(List.of(Rlp.quantity(id), Rlp.quantity(0), Rlp.quantity(0))));
    boolean plain = v.intValue() == V_OF_NO_CHAIN || v.intValue() == V_OF_NO_CHAIN + 1;
    return chainId.isPresent() || plain
        ? sender(Keccak.hash(Rlp.list(items)), !v.testBit(0)) // 27 and 35 are even points
        : Optional.empty();
  }

  private byte[] typed(byte[] body) {
    byte[] bytes = new byte[body.length + 1];
    bytes[0] = (byte) type;
    System.arraycopy(body, 0, bytes, 1, body.length);
    return bytes;
  }

  private Optional<String> sender(Hash message, boolean isOdd) {
    return Secp256k1.recover(message, isOdd, number(Part.R), number(Part.S))
        .map(key -> Keccak.hash(key).bytes())
        .map(bytes -> Hex.text(bytes, Hash.LENGTH - ADDRESS_LENGTH, Hash.LENGTH));
  }

  /** 0 for those before there were types. */
  public int type() {
    return type;
  }

  public Hash hash() {
    return hash;
  }

  /** The address of whoever signed: {@code 0x} and 40 digits, lower case. */
  public String sender() {
    return sender;
  }

  /** How many the sender signed before it; negative when that is beyond reason. */
  public long nonce() {
    BigInteger nonce = number(Part.NONCE);
    return nonce.bitLength() < Long.SIZE ? nonce.longValue() : -1;
  }

  /** Which chain it is for; empty for an old one that is valid on all. */
  public Optional<BigInteger> chainId() {
    if (type > 0) {
      return Optional.of(number(Part.CHAIN_ID));
    }
    BigInteger v = number(Part.V).subtract(BigInteger.valueOf(V_OF_CHAIN_0));
    return v.signum() < 0 ? Optional.empty() : Optional.of(v.shiftRight(1));
  }

  public boolean has(Part part) {
    return parts.containsKey(part);
  }

  /** A part that is there, as a number. */
  public BigInteger number(Part part) {
    return new BigInteger(1, bytes(part));
  }

  /** The payload of a part that is there: a string's bytes, or all items of a list. */
  public byte[] bytes(Part part) {
    Rlp.Item item = item(part);
    return Arrays.copyOfRange(list, item.from(), item.to());
  }

  private Rlp.Item item(Part part) {
    Rlp.Item item = parts.get(part);
    if (item == null) {
      throw new IllegalArgumentException(
          "part: " + part + " (expected: of a transaction of type " + type + ")");
    }
    return item;
  }

  /** Bytes that it keeps in memory, roughly. */
  public int bytesKept() {
    return 1_024 + list.length;
  }
}

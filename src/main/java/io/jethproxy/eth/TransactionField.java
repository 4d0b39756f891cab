package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;

/** The fields of transactions, and in which order each type encodes them. */
enum TransactionField {
  CHAIN_ID("chainId", Form.NUMBER),
  NONCE("nonce", Form.NUMBER),
  GAS_PRICE("gasPrice", Form.NUMBER),
  MAX_PRIORITY_FEE("maxPriorityFeePerGas", Form.NUMBER),
  MAX_FEE("maxFeePerGas", Form.NUMBER),
  GAS("gas", Form.NUMBER),
  TO("to", Form.ADDRESS_OR_NONE),
  VALUE("value", Form.NUMBER),
  INPUT("input", Form.DATA),
  ACCESS_LIST("accessList", Form.ACCESS_LIST),
  MAX_BLOB_FEE("maxFeePerBlobGas", Form.NUMBER),
  BLOB_HASHES("blobVersionedHashes", Form.HASHES),
  AUTHORIZATIONS("authorizationList", Form.AUTHORIZATIONS),
  V("v", Form.NUMBER),
  Y_PARITY("yParity", Form.BIT),
  R("r", Form.NUMBER),
  S("s", Form.NUMBER),
  SOURCE_HASH("sourceHash", Form.HASH),
  FROM("from", Form.ADDRESS),
  MINT("mint", Form.NUMBER_OR_NONE),
  IS_SYSTEM("isSystemTx", Form.FLAG_OR_NONE);

  /** How a value stands in JSON. */
  private enum Form {
    NUMBER,
    NUMBER_OR_NONE,
    /** 0 or 1. */
    BIT,
    FLAG_OR_NONE,
    DATA,
    HASH,
    ADDRESS,
    ADDRESS_OR_NONE,
    HASHES,
    ACCESS_LIST,
    AUTHORIZATIONS
  }

  private static final int ADDRESS_BYTES = 20;

  /** {@code layout(type)}, for the types from 0. */
  private static final List<List<TransactionField>> LAYOUTS =
      List.of(
          List.of(NONCE, GAS_PRICE, GAS, TO, VALUE, INPUT, V, R, S),
          List.of(CHAIN_ID, NONCE, GAS_PRICE, GAS, TO, VALUE, INPUT, ACCESS_LIST, Y_PARITY, R, S),
          List.of(
              CHAIN_ID,
              NONCE,
              MAX_PRIORITY_FEE,
              MAX_FEE,
              GAS,
              TO,
              VALUE,
              INPUT,
              ACCESS_LIST,
              Y_PARITY,
              R,
              S),
          List.of(
              CHAIN_ID,
              NONCE,
              MAX_PRIORITY_FEE,
              MAX_FEE,
              GAS,
              TO,
              VALUE,
              INPUT,
              ACCESS_LIST,
              MAX_BLOB_FEE,
              BLOB_HASHES,
              Y_PARITY,
              R,
              S),
          List.of(
              CHAIN_ID,
              NONCE,
              MAX_PRIORITY_FEE,
              MAX_FEE,
              GAS,
              TO,
              VALUE,
              INPUT,
              ACCESS_LIST,
              AUTHORIZATIONS,
              Y_PARITY,
              R,
              S));

  private static final List<TransactionField> DEPOSIT =
      List.of(SOURCE_HASH, FROM, TO, MINT, VALUE, GAS, IS_SYSTEM, INPUT);

  private static final byte[] NOTHING = Rlp.string(new byte[0]);

  private final String key;
  private final Form form;

  TransactionField(String key, Form form) {
    this.key = key;
    this.form = form;
  }

  /** The member of a transaction object in JSON-RPC. */
  String key() {
    return key;
  }

  /** The fields of a type in the order of its encoding; none when the type is not known. */
  static List<TransactionField> layout(long type) {
    if (type == Receipt.DEPOSIT_TYPE) {
      return DEPOSIT;
    }
    return type >= 0 && type < LAYOUTS.size() ? LAYOUTS.get((int) type) : List.of();
  }

  /** The RLP item of a value; empty when it is not as expected. */
  Optional<byte[]> encode(RawJson value) {
    return switch (form) {
      case NUMBER -> number(value);
      case NUMBER_OR_NONE -> value.isAbsent() ? Optional.of(NOTHING) : number(value);
      case BIT -> Slices.quantity(value) <= 1 ? number(value) : Optional.empty();
      case FLAG_OR_NONE -> Optional.of(value.is("true") ? Rlp.quantity(1) : NOTHING);
      case DATA -> Slices.data(value).map(Rlp::string);
      case HASH -> hash(value);
      case ADDRESS -> address(value);
      case ADDRESS_OR_NONE -> value.isAbsent() ? Optional.of(NOTHING) : address(value);
      case HASHES -> RlpJson.list(value, TransactionField::hash);
      case ACCESS_LIST ->
          RlpJson.list(
              value,
              each ->
                  RlpJson.struct(
                      each,
                      List.of(
                          new RlpJson.Part("address", TransactionField::address),
                          new RlpJson.Part(
                              "storageKeys", keys -> RlpJson.list(keys, TransactionField::hash)))));
      case AUTHORIZATIONS -> RlpJson.list(value, TransactionField::authorization);
    };
  }

  private static Optional<byte[]> authorization(RawJson value) {
    return RlpJson.struct(
        value,
        List.of(
            new RlpJson.Part("chainId", TransactionField::number),
            new RlpJson.Part("address", TransactionField::address),
            new RlpJson.Part("nonce", TransactionField::number),
            new RlpJson.Part("yParity", TransactionField::number),
            new RlpJson.Part("r", TransactionField::number),
            new RlpJson.Part("s", TransactionField::number)));
  }

  private static Optional<byte[]> number(RawJson value) {
    return RlpJson.number(value);
  }

  private static Optional<byte[]> hash(RawJson value) {
    return Slices.hash(value).map(hash -> Rlp.string(hash.bytes()));
  }

  private static Optional<byte[]> address(RawJson value) {
    return Slices.data(value).filter(bytes -> bytes.length == ADDRESS_BYTES).map(Rlp::string);
  }
}

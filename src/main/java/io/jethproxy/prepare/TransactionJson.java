package io.jethproxy.prepare;

import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.SignedTransaction;
import io.jethproxy.eth.SignedTransaction.Part;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A transaction as {@code eth_getTransactionByHash} answers it, made of the bytes that were sent.
 */
final class TransactionJson {

  private final StringBuilder json = new StringBuilder(1_024);

  private TransactionJson() {}

  /**
   * The transaction while it is in no block; empty when its lists are not what its type has there.
   */
  static Optional<RawJson> pending(SignedTransaction transaction) {
    return write(transaction, Place.NONE);
  }

  /** The transaction in the block that its receipt names. */
  static Optional<RawJson> mined(SignedTransaction transaction, RawJson receipt) {
    return write(transaction, Place.of(receipt));
  }

  private static Optional<RawJson> write(SignedTransaction transaction, Place place) {
    try {
      return Optional.of(new TransactionJson().written(transaction, place));
    } catch (IllegalArgumentException notWhatItsTypeHas) {
      return Optional.empty();
    }
  }

  /** Where a transaction stands, and what was paid there; absent while nothing is known of that. */
  private record Place(RawJson blockHash, RawJson blockNumber, RawJson index, RawJson pricePaid) {

    private static final Place NONE =
        new Place(RawJson.NULL, RawJson.NULL, RawJson.NULL, RawJson.ABSENT);

    static Place of(RawJson receipt) {
      return new Place(
          Slices.member(receipt, "blockHash"),
          Slices.member(receipt, "blockNumber"),
          Slices.member(receipt, "transactionIndex"),
          Slices.member(receipt, "effectiveGasPrice"));
    }
  }

  private RawJson written(SignedTransaction of, Place place) {
    json.append("{\"blockHash\":").append(place.blockHash().text());
    json.append(",\"blockNumber\":").append(place.blockNumber().text());
    json.append(",\"transactionIndex\":").append(place.index().text());
    text("hash", of.hash().toString());
    text("from", of.sender());
    text("type", Hex.quantity(of.type()));
    for (Part part : Part.values()) {
      if (of.has(part)) {
        json.append(",\"").append(part.key()).append("\":").append(value(of, part));
      }
    }
    if (of.has(Part.FEE)) {
      boolean isPaid = place.pricePaid().first() == '"';
      json.append(",\"gasPrice\":");
      json.append(isPaid ? place.pricePaid().text() : value(of, Part.FEE));
    }
    if (of.type() > 0) {
      json.append(",\"yParity\":").append(value(of, Part.V));
    } else {
      of.chainId().ifPresent(id -> text("chainId", "0x" + id.toString(16)));
    }
    return RawJson.of(json.append('}').toString());
  }

  private void text(String key, String value) {
    json.append(",\"").append(key).append("\":\"").append(value).append('"');
  }

  private static String value(SignedTransaction of, Part part) {
    byte[] payload = of.bytes(part);
    return switch (part) {
      case TO -> payload.length == 0 ? "null" : data(payload);
      case INPUT -> data(payload);
      case ACCESS_LIST -> list(payload, TransactionJson::access);
      case BLOB_HASHES -> list(payload, each -> data(Rlp.payload(each)));
      case AUTHORIZATIONS -> list(payload, TransactionJson::authorization);
      case CHAIN_ID, NONCE, GAS_PRICE, PRIORITY_FEE, FEE, GAS, VALUE, BLOB_FEE, V, R, S ->
          quantity(payload);
    };
  }

  private static String access(byte[] encoded) {
    List<byte[]> pair = elements(encoded, 2);
    return "{\"address\":"
        + data(Rlp.payload(pair.get(0)))
        + ",\"storageKeys\":"
        + list(Rlp.payload(pair.get(1)), each -> data(Rlp.payload(each)))
        + "}";
  }

  private static String authorization(byte[] encoded) {
    List<byte[]> fields = elements(encoded, 6).stream().map(Rlp::payload).toList();
    return "{\"chainId\":"
        + quantity(fields.get(0))
        + ",\"address\":"
        + data(fields.get(1))
        + ",\"nonce\":"
        + quantity(fields.get(2))
        + ",\"yParity\":"
        + quantity(fields.get(3))
        + ",\"r\":"
        + quantity(fields.get(4))
        + ",\"s\":"
        + quantity(fields.get(5))
        + "}";
  }

  private static List<byte[]> elements(byte[] encodedList, int count) {
    List<byte[]> elements = Rlp.elements(Rlp.payload(encodedList));
    if (elements.size() != count) {
      throw new IllegalArgumentException(
          "list: " + elements.size() + " items (expected: " + count + ")");
    }
    return elements;
  }

  private static String list(byte[] payload, Function<byte[], String> element) {
    List<String> elements = new ArrayList<>();
    Rlp.elements(payload).forEach(each -> elements.add(element.apply(each)));
    return "[" + String.join(",", elements) + "]";
  }

  private static String data(byte[] bytes) {
    return '"' + Hex.text(bytes) + '"';
  }

  private static String quantity(byte[] bytes) {
    return "\"0x" + new BigInteger(1, bytes).toString(16) + '"';
  }
}

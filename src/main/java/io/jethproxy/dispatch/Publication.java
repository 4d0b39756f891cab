package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * One signed transaction on its way, and what its sender is to be told.
 *
 * @param params as the client sent them; the transaction's bytes come first
 * @param hash names the transaction on the chain; computed here
 * @param form what the sender waits for
 */
record Publication(RawJson params, Hash hash, Form form) {

  /** EIP-7702; the list of EIP-2718 goes on from here. */
  private static final int LAST_COMMON_TYPE = 4;

  /** A first byte from here on begins a list: a transaction without a type. */
  private static final int LEGACY_TYPE_MIN = 0xc0;

  private static final int WIDTH = 3;

  /** EIP-7966: taken, and not in a block in time; the data is the hash. */
  private static final int NO_RECEIPT_YET = 4;

  /** What a method that publishes a transaction answers with. */
  enum Form {
    /** The hash, at once. */
    HASH,
    /** The hash, over a private way: one provider at a time. */
    PRIVATE_HASH,
    /** The receipt, which the provider waits for. */
    RECEIPT,
    /** What the transaction did, told once, by the provider that takes it. */
    DETAILS
  }

  /** How a method publishes a transaction; empty when it does something else. */
  static Optional<Form> formOf(String method) {
    return switch (method) {
      case "eth_sendRawTransaction", "kaia_sendRawTransaction", "klay_sendRawTransaction" ->
          Optional.of(Form.HASH);
      case "eth_sendRawTransactionSync" -> Optional.of(Form.RECEIPT);
      case "zks_sendRawTransactionWithDetailedOutput" -> Optional.of(Form.DETAILS);
      case "eth_sendRawTransactionConditional", "eth_sendPrivateRawTransaction" ->
          Optional.of(Form.PRIVATE_HASH);
      default -> Optional.empty();
    };
  }

  /** Empty when the first of the params is not 0x and hex digits. */
  static Optional<Publication> of(Call call, Form form) {
    RawJson params = call.request().params();
    return RawTransaction.hashOf(params).map(hash -> new Publication(params, hash, form));
  }

  /**
   * How many providers get it at once. Where the answer is more than a hash, a second provider
   * would only say that it knows the transaction already.
   */
  int width() {
    return form == Form.HASH ? WIDTH : 1;
  }

  /** Only such a result says that the transaction was taken. */
  boolean isTaken(RawJson result) {
    return switch (form) {
      case HASH, PRIVATE_HASH -> isHash(result);
      case RECEIPT, DETAILS -> result.first() == '{';
    };
  }

  private static boolean isHash(RawJson result) {
    return result.first() == '"'
        && Hash.read(result.bytes(), result.from() + 1, result.to() - 1).isPresent();
  }

  /** What to answer when a provider took it and said this. */
  RawJson answer(RawJson result) {
    return form == Form.HASH && !hasTypeOfItsOwn() ? quotedHash() : result;
  }

  /** Some chains have types beyond Ethereum's whose hash is not that of the bytes. */
  private boolean hasTypeOfItsOwn() {
    String text = params.text();
    int type = Integer.parseInt(text, text.indexOf('x') + 1, text.indexOf('x') + 3, 16);
    return type > LAST_COMMON_TYPE && type < LEGACY_TYPE_MIN;
  }

  RawJson quotedHash() {
    return RawJson.of('"' + hash.toString() + '"');
  }

  /** The params of a question about this transaction. */
  RawJson hashParams() {
    return RawJson.of("[" + quotedHash().text() + "]");
  }

  /** It was taken, which is all that is known: said in the way of EIP-7966. */
  Fault takenOnly() {
    return new Fault(
        NO_RECEIPT_YET,
        form == Form.RECEIPT
            ? "the transaction was published, but no receipt came in time"
            : "the transaction was published, but what it did is not known: ask for its receipt",
        quotedHash());
  }
}

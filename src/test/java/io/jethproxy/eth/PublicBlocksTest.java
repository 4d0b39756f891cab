package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Header.Authenticity;
import io.jethproxy.rpc.RawJson;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Blocks of public networks under the rules of each fork that changed the header, and transactions
 * of each type: what is recomputed is what the whole world agreed on.
 */
class PublicBlocksTest {

  /** The receipt of the first transaction of mainnet, in block 46147, and that block's root. */
  private static final String FIRST_RECEIPT =
      """
      {"root": "0x96a8e009d2b88b1483e6941e6812e32263b05683fac202abc622a3e31aed1957",
       "cumulativeGasUsed": "0x5208", "logs": [], "type": "0x0", "status": null}\
      """;

  private static final String FIRST_RECEIPTS_ROOT =
      "0xfe2bf2a941abf41d72637e5b91750332a30283efd40c424dc522b77e6f0ed8c4";

  static Stream<JsonNode> rows() {
    return DataFile.rows("public-blocks.json").stream();
  }

  static Stream<JsonNode> rowsWithReceipts() {
    return rows().filter(row -> row.has("receipts"));
  }

  static Stream<JsonNode> rowsWithTransactions() {
    return rows().filter(row -> row.required("block").path("transactions").path(0).isObject());
  }

  static Stream<JsonNode> transactions() {
    return Stream.concat(
        DataFile.rows("public-transactions.json").stream(),
        rowsWithTransactions()
            .flatMap(row -> row.required("block").required("transactions").valueStream()));
  }

  private static RawJson json(JsonNode node) {
    return RawJson.of(node.toString());
  }

  private static ObjectNode last(String file) {
    return (ObjectNode) DataFile.rows(file).getLast().deepCopy();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void recomputesTheHashesOfPublicBlocks(JsonNode row) {
    JsonNode block = row.required("block");

    Header header = Header.read(json(block)).orElseThrow();

    assertThat(header.hash().toString()).isEqualTo(block.required("hash").asString());
    assertThat(header.authenticity()).isEqualTo(Authenticity.GENUINE);
  }

  @Test
  void coversEachForkThatChangedTheHeader() {
    assertThat(rows().map(row -> row.required("fork").asString()))
        .contains("Frontier", "Homestead", "Byzantium", "London", "Shanghai", "Cancun", "Prague");
  }

  @ParameterizedTest
  @MethodSource("rowsWithTransactions")
  void recomputesTheTransactionsRoots(JsonNode row) {
    JsonNode block = row.required("block");

    Transaction.Body body = Transaction.bodyOf(json(block.required("transactions"))).orElseThrow();

    assertThat(body.root().toString()).isEqualTo(block.required("transactionsRoot").asString());
    assertThat(body.isNamedRight()).isTrue();
  }

  @Test
  void noticesATransactionUnderAnotherName() {
    ObjectNode transaction = last("public-transactions.json");
    ArrayNode array = transaction.arrayNode().add(transaction.put("hash", Hash.ZERO.toString()));

    assertThat(Transaction.bodyOf(json(array)).orElseThrow().isNamedRight()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("rowsWithReceipts")
  void recomputesTheReceiptsRootsOfDeposits(JsonNode row) {
    JsonNode block = row.required("block");

    assertThat(Receipt.rootOf(json(row.required("receipts"))).orElseThrow().toString())
        .isEqualTo(block.required("receiptsRoot").asString());
  }

  @Test
  void recomputesTheReceiptsRootOfTheFirstTransactionOfMainnet() {
    assertThat(Receipt.rootOf(RawJson.of("[" + FIRST_RECEIPT + "]")).orElseThrow().toString())
        .isEqualTo(FIRST_RECEIPTS_ROOT);
  }

  @Test
  void recomputesTheWithdrawalsRoot() {
    JsonNode block =
        rows()
            .map(row -> row.required("block"))
            .filter(each -> each.path("withdrawals").size() > 0)
            .findFirst()
            .orElseThrow();

    assertThat(Withdrawal.rootOf(json(block.required("withdrawals"))).orElseThrow().toString())
        .isEqualTo(block.required("withdrawalsRoot").asString());
    assertThat(Withdrawal.rootOf(RawJson.of("[]"))).contains(Trie.EMPTY_ROOT);
    assertThat(Withdrawal.rootOf(RawJson.of("[{}]"))).isEmpty();
    assertThat(Withdrawal.rootOf(RawJson.of("[1]"))).isEmpty();
    assertThat(Withdrawal.rootOf(RawJson.NULL)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("transactions")
  void recomputesTheHashesOfTransactionsOfEachType(JsonNode transaction) {
    assertThat(Transaction.hashOf(json(transaction)).orElseThrow().toString())
        .isEqualTo(transaction.required("hash").asString());
  }

  @Test
  void coversEachTypeOfTransaction() {
    assertThat(transactions().map(each -> each.required("type").asString()))
        .contains("0x0", "0x1", "0x2", "0x3", "0x4", "0x7e");
  }

  @ParameterizedTest
  @EnumSource(TransactionField.class)
  void noticesThatAFieldIsMissing(TransactionField field) {
    transactions()
        .forEach(each -> {
          ObjectNode without = (ObjectNode) each.deepCopy();
          without.remove(field.key());
          boolean isPart =
              TransactionField.layout(Long.decode(each.required("type").asString())).contains(field)
                  && each.hasNonNull(field.key());

          assertThat(Transaction.hashOf(json(without)).map(Hash::toString))
              .matches(hash ->
                  hash.equals(Transaction.hashOf(json(each)).map(Hash::toString))
                      != (isPart && !isOptionalZero(field)));
        });
  }

  /** What means the same when it is left out, or is there under another name. */
  private static boolean isOptionalZero(TransactionField field) {
    return field == TransactionField.MINT
        || field == TransactionField.IS_SYSTEM
        || field == TransactionField.Y_PARITY;
  }

  @Test
  void readsTheParityUnderItsOlderName() {
    ObjectNode transaction = last("public-transactions.json");
    transaction.remove("yParity");
    assertThat(Transaction.hashOf(json(transaction)).orElseThrow().toString())
        .isEqualTo(transaction.required("hash").asString());

    assertThat(Transaction.hashOf(json(transaction.put("v", "0x1b")))).isEmpty();
  }

  @Test
  void takesNoTypedTransactionForOneOfTypeZero() {
    ObjectNode transaction = last("public-transactions.json");
    transaction.remove("type");

    assertThat(Transaction.hashOf(json(transaction))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x5", "0x6a", "0x7f", "0x", "2"})
  void encodesNoTransactionOfAnUnknownType(String type) {
    ObjectNode transaction = last("public-transactions.json").put("type", type);
    ArrayNode array = transaction.arrayNode().add(transaction);

    assertThat(Transaction.hashOf(json(transaction))).isEmpty();
    assertThat(Transaction.bodyOf(json(array))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[1]", "[\"0x00\"]", "[{}]"})
  void findsNoRootOfWhatIsNotTransactionsInFull(String json) {
    assertThat(Transaction.bodyOf(RawJson.of(json))).isEmpty();
  }
}

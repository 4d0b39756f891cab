package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.KnownChain;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Receipts and transactions that are those that were asked for, and others. */
class ReceiptChecksTest {

  /** The place of the transaction that logs. */
  private static final int LOGGER = 3;

  private static final String OTHER = "0x" + "7".repeat(64);

  private final ObjectNode row = Asking.row();
  private final ObjectNode block = (ObjectNode) row.required("block");
  private final ArrayNode receipts = (ArrayNode) row.required("receipts");
  private final ObjectNode receipt = (ObjectNode) receipts.get(LOGGER).deepCopy();
  private final ObjectNode transaction = (ObjectNode) block.required("transactions").get(LOGGER);
  private final String byHash = "[" + transaction.required("hash") + "]";
  private final String byNumber = "[" + block.required("number") + "]";
  private final Block known = KnownChain.block(block.toString());
  private final Asking asking = new Asking();

  private void knowAnotherFork() {
    asking.knowing(KnownChain.of(KnownChain.block(block.deepCopy().put("hash", OTHER).toString())));
  }

  @Test
  void passesWhatWasAskedFor() {
    asking.knowing(KnownChain.of(known));

    assertThat(asking.check("eth_getTransactionReceipt", byHash, receipt))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_getTransactionByHash", byHash, transaction))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts)).matches(Asking::isPassed);
    assertThat(asking.check("eth_getBlockReceipts", "[\"latest\"]", receipts))
        .matches(Asking::isPassed);
    for (Aspect aspect : List.of(Aspect.BLOOM, Aspect.TRANSACTION_HASH, Aspect.RECEIPTS_ROOT)) {
      assertThat(asking.state(aspect)).isEqualTo(Profile.State.ON);
    }
  }

  @Test
  void refusesWhatIsOfAnotherTransaction() {
    String other = "[\"" + OTHER + "\"]";

    assertThat(asking.check("eth_getTransactionReceipt", other, receipt)).matches(Asking::isWrong);
    assertThat(asking.check("eth_getTransactionByHash", other, transaction))
        .matches(Asking::isWrong);
    assertThat(
            asking.check(
                "eth_getTransactionByBlockNumberAndIndex",
                "[" + block.required("number") + ",\"0x2\"]",
                transaction))
        .matches(Asking::isWrong);
    assertThat(
            asking.check(
                "eth_getTransactionByBlockHashAndIndex",
                "[\"" + OTHER + "\",\"0x3\"]",
                transaction))
        .matches(Asking::isWrong);
    assertThat(
            asking.check(
                "eth_getTransactionByBlockHashAndIndex",
                "[" + block.required("hash") + ",\"0x3\"]",
                transaction))
        .matches(Asking::isPassed);
  }

  @Test
  void blamesNobodyForWhatIsOfAnotherFork() {
    knowAnotherFork();

    assertThat(asking.check("eth_getTransactionReceipt", byHash, receipt))
        .matches(Asking::isMissing);
    assertThat(asking.check("eth_getTransactionByHash", byHash, transaction))
        .matches(Asking::isMissing);
    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts)).matches(Asking::isMissing);
  }

  @Test
  void passesAPendingTransaction() {
    knowAnotherFork();
    transaction.putNull("blockHash").putNull("blockNumber").putNull("transactionIndex");

    assertThat(asking.check("eth_getTransactionByHash", byHash, transaction))
        .matches(Asking::isPassed);
  }

  @Test
  void refusesATransactionWithOtherFieldsThanItsHashNames() {
    asking.check("eth_getTransactionByHash", byHash, transaction);

    assertThat(asking.check("eth_getTransactionByHash", byHash, transaction.put("value", "0x7")))
        .matches(Asking::isWrong);
  }

  @Test
  void refusesAReceiptWithTheLogsOfAnother() {
    ObjectNode log = (ObjectNode) receipt.required("logs").get(0);
    log.put("transactionHash", OTHER);

    assertThat(asking.check("eth_getTransactionReceipt", byHash, receipt)).matches(Asking::isWrong);
  }

  @Test
  void refusesAReceiptWhoseBloomIsNotThatOfItsLogs() {
    asking.check("eth_getTransactionReceipt", byHash, receipt);

    assertThat(
            asking.check(
                "eth_getTransactionReceipt",
                byHash,
                receipt.deepCopy().set("logs", row.arrayNode())))
        .matches(Asking::isWrong);
  }

  static List<Consumer<ArrayNode>> forgeries() {
    return List.of(
        receipts -> receipts.remove(receipts.size() - 1),
        receipts -> receipts.remove(0),
        receipts -> receipts.add(receipts.get(0)),
        receipts -> ((ObjectNode) receipts.get(0)).put("status", "0x0"),
        receipts -> ((ObjectNode) receipts.get(0)).put("blockHash", OTHER),
        receipts -> ((ObjectNode) receipts.get(1)).put("blockHash", OTHER),
        receipts -> log(receipts).put("data", "0x77"),
        receipts -> log(receipts).put("logIndex", "0x0"),
        receipts -> ((ObjectNode) receipts.get(LOGGER)).putArray("logs"));
  }

  private static ObjectNode log(ArrayNode receipts) {
    return (ObjectNode) receipts.get(LOGGER).required("logs").get(1);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void refusesReceiptsThatAreNotThoseOfTheBlock(Consumer<ArrayNode> forge) {
    asking.knowing(KnownChain.of(known));
    asking.check("eth_getBlockReceipts", byNumber, receipts);
    forge.accept(receipts);

    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts)).matches(Asking::isWrong);
  }

  @Test
  void refusesReceiptsOfAnotherOrOfSeveralBlocksEvenOfBlocksThatAreNotKnown() {
    ArrayNode mixed = receipts.deepCopy();
    ((ObjectNode) mixed.get(1)).put("blockHash", OTHER);

    assertThat(asking.check("eth_getBlockReceipts", "[\"0x77\"]", receipts))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockReceipts", "[\"" + OTHER + "\"]", receipts))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockReceipts", byNumber, mixed)).matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts)).matches(Asking::isPassed);
  }

  @Test
  void takesNoReceiptsForLateWhenTheHeaderNamesSome() {
    asking.knowing(KnownChain.of(KnownChain.with(known, receipts.toString())));

    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts.removeAll()))
        .matches(Asking::isMissing);
    assertThat(asking.check("eth_getBlockReceipts", "[\"0x77\"]", receipts))
        .matches(Asking::isPassed);
  }

  @Test
  void refusesFeesThatDoNotEndWithTheBlockAskedFor() {
    ObjectNode fees = row.objectNode().put("oldestBlock", "0x10");
    fees.putArray("gasUsedRatio").add(0.5).add(0.5);

    assertThat(asking.check("eth_feeHistory", "[\"0x2\",\"0x11\",[]]", fees))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_feeHistory", "[\"0x2\",\"latest\",[]]", fees))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_feeHistory", "[\"0x2\",\"0x12\",[]]", fees))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_feeHistory", "[\"0x2\",\"latest\",[]]", row.objectNode()))
        .matches(Asking::isWrong);
  }

  @Test
  void refusesOtherBaseFeesThanThoseOfTheHeaders() {
    asking.knowing(KnownChain.of(known));
    ObjectNode fees = row.objectNode().put("oldestBlock", "0x1");
    fees.putArray("gasUsedRatio").add(0.5);
    fees.putArray("baseFeePerGas").add(row.required("block").required("baseFeePerGas")).add("0x7");
    ObjectNode forged = fees.deepCopy();
    forged.putArray("baseFeePerGas").add("0x77").add("0x7");

    assertThat(asking.check("eth_feeHistory", "[\"0x1\",\"0x1\",[]]", fees))
        .matches(Asking::isPassed);
    assertThat(asking.state(Aspect.BASE_FEE)).isEqualTo(Profile.State.ON);
    assertThat(asking.check("eth_feeHistory", "[\"0x1\",\"0x1\",[]]", forged))
        .matches(Asking::isWrong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"restarted", "twice", "out of order"})
  void refusesReceiptsOutOfOrderEvenOfBlocksThatAreNotKnown(String how) {
    asking.check("eth_getBlockReceipts", byNumber, receipts);
    switch (how) {
      case "restarted" -> log(receipts).put("logIndex", "0x0");
      case "twice" -> receipts.add(receipts.get(0));
      default -> receipts.add(receipts.remove(0));
    }

    assertThat(asking.check("eth_getBlockReceipts", byNumber, receipts)).matches(Asking::isWrong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth_getTransactionReceipt", "eth_getTransactionByHash"})
  void believesNobodyThatATransactionOfAKnownBlockIsUnknown(String method) {
    ArrayNode hashes = block.arrayNode();
    block.required("transactions").forEach(each -> hashes.add(each.required("hash")));
    Block listing = KnownChain.block(block.deepCopy().set("transactions", hashes).toString());
    JsonNode nothing = NullNode.getInstance();
    String unknown = "[\"" + OTHER + "\"]";

    assertThat(asking.check(method, byHash, nothing)).matches(Asking::isPassed);
    asking.knowing(KnownChain.of(listing));
    assertThat(asking.check(method, byHash, nothing)).matches(Asking::isMissing);
    assertThat(asking.check(method, unknown, nothing)).matches(Asking::isPassed);
    for (JsonNode each : hashes) {
      assertThat(asking.check(method, "[" + each + "]", nothing)).matches(Asking::isMissing);
    }
  }

  @Test
  void learnsNothingFromABloomWithoutLogs() {
    asking.check("eth_getTransactionReceipt", "[]", receipts.get(0));

    assertThat(asking.state(Aspect.BLOOM)).isEqualTo(Profile.State.UNKNOWN);
  }
}

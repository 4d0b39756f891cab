package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.KnownChain;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Networks;
import io.jethproxy.verify.Profile.State;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What chains do in their own way passes there, by each of several providers, before and after
 * usual blocks; on mainnet the same is a forgery. The blocks are made by anvil and changed as the
 * chain would show them.
 */
class ChainExceptionsTest {

  private static final Networks NETWORKS = Networks.load();
  private static final String OTHER = "0x" + "7".repeat(64);
  private static final int LOGGER = 3;

  private final ObjectNode row = Asking.row();
  private final ObjectNode block = (ObjectNode) row.required("block");
  private final ArrayNode receipts = (ArrayNode) row.required("receipts");
  private final View view = KnownChain.of(KnownChain.block(block.toString()));

  static Stream<Arguments> exceptions() {
    return Stream.of(
        exception(137, "a state-sync transaction in no root", ChainExceptionsTest::addStateSync),
        exception(109, "a state-sync transaction in no root", ChainExceptionsTest::addStateSync),
        exception(999, "a system transaction in no root", ChainExceptionsTest::addSystem),
        exception(25, "receipts are missing", (block, receipts) -> receipts.remove(1)),
        exception(25, "a phantom transaction", ChainExceptionsTest::addSystem),
        exception(295, "receipts come twice", (block, receipts) -> receipts.add(receipts.get(0))),
        exception(
            324,
            "roots of its own",
            (block, receipts) -> first(receipts).put("cumulativeGasUsed", "0x1")),
        exception(
            43114, "a hash of more fields", (block, receipts) -> block.put("stateRoot", OTHER)));
  }

  private static Arguments exception(
      long chainId, String what, BiConsumer<ObjectNode, ArrayNode> change) {
    return Arguments.of(chainId, what, change);
  }

  private static void addStateSync(ObjectNode block, ArrayNode receipts) {
    add(
        block,
        receipts,
        "0x0",
        receipts.get(receipts.size() - 1).required("cumulativeGasUsed").asString());
  }

  private static void addSystem(ObjectNode block, ArrayNode receipts) {
    add(block, receipts, "0x0", "0x0");
  }

  /** A transaction at the end that no root names, with a log that no bloom names. */
  private static void add(ObjectNode block, ArrayNode receipts, String type, String gas) {
    ArrayNode transactions = (ArrayNode) block.required("transactions");
    String index = "0x" + Integer.toHexString(transactions.size());
    ObjectNode transaction = (ObjectNode) transactions.get(0).deepCopy();
    transactions.add(
        transaction
            .put("hash", OTHER)
            .put("transactionIndex", index)
            .put("type", type)
            .put("gasPrice", "0x0"));
    ObjectNode receipt = (ObjectNode) receipts.get(0).deepCopy();
    receipt.put("transactionHash", OTHER).put("transactionIndex", index).put("type", type);
    receipt.put("cumulativeGasUsed", gas);
    ObjectNode log = (ObjectNode) receipts.get(LOGGER).required("logs").get(0).deepCopy();
    log.put("transactionHash", OTHER).put("transactionIndex", index).put("logIndex", "0x2");
    log.put("address", "0x0000000000000000000000000000000000001010");
    receipt.putArray("logs").add(log);
    receipts.add(receipt);
  }

  private static ObjectNode first(ArrayNode receipts) {
    return (ObjectNode) receipts.get(0);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("exceptions")
  void passOnTheirChainAndNowhereElse(
      long chainId, String what, BiConsumer<ObjectNode, ArrayNode> change) {
    ObjectNode ownBlock = block.deepCopy();
    ArrayNode ownReceipts = receipts.deepCopy();
    change.accept(ownBlock, ownReceipts);
    Asking there = asking(chainId);
    Asking mainnet = asking(1);

    for (int i = 0; i < 3; i++) {
      assertThat(answers(there, ownBlock, ownReceipts)).allMatch(ChainExceptionsTest::isPassed);
      assertThat(answers(there, block, receipts)).allMatch(ChainExceptionsTest::isPassed);
      assertThat(answers(mainnet, block, receipts)).allMatch(ChainExceptionsTest::isPassed);
      assertThat(answers(mainnet, ownBlock, ownReceipts))
          .anyMatch(each -> each instanceof Outcome.Unserved);
    }
  }

  private Asking asking(long chainId) {
    return new Asking(NETWORKS.byId(chainId)).knowing(view);
  }

  private static boolean isPassed(Outcome outcome) {
    return outcome instanceof Outcome.Answer;
  }

  /** What two providers say of the block and what is in it. */
  private static List<Outcome> answers(Asking asking, ObjectNode block, ArrayNode receipts) {
    String number = block.required("number").toString();
    JsonNode transaction =
        block.required("transactions").get(block.required("transactions").size() - 1);
    JsonNode receipt = receipts.get(receipts.size() - 1);
    ArrayNode logs = receipts.arrayNode();
    receipts.forEach(each -> each.required("logs").forEach(logs::add));
    return Stream.of("a", "b")
        .flatMap(by ->
            Stream.of(
                asking.check("eth_getBlockByNumber", "[" + number + ",true]", block, by),
                asking.check("eth_getBlockReceipts", "[" + number + "]", receipts, by),
                asking.check(
                    "eth_getTransactionByHash",
                    "[" + transaction.required("hash") + "]",
                    transaction,
                    by),
                asking.check(
                    "eth_getTransactionReceipt",
                    "[" + receipt.required("transactionHash") + "]",
                    receipt,
                    by),
                asking.check(
                    "eth_getLogs",
                    "[{\"fromBlock\":%s,\"toBlock\":%s}]".formatted(number, number),
                    logs,
                    by)))
        .toList();
  }

  // Where the chain has types or fields of its own, what remains is checked.

  @Test
  void doesNotTakeArbitrumsOwnTypesAndFieldsForForgeries() {
    ObjectNode own = block.deepCopy();
    own.put("l1BlockNumber", "0x7").put("sendCount", "0x0").put("sendRoot", OTHER);
    ((ObjectNode) own.required("transactions").get(0)).put("type", "0x6a");
    Asking arbitrum = asking(42161);

    assertThat(answers(arbitrum, own, receipts)).allMatch(ChainExceptionsTest::isPassed);
    assertThat(arbitrum.state(Aspect.TRANSACTIONS_ROOT)).isEqualTo(State.OFF);
    assertThat(arbitrum.state(Aspect.RECEIPTS_ROOT)).isEqualTo(State.OFF);
    assertThat(arbitrum.state(Aspect.HEADER_HASH)).isEqualTo(State.ON);
  }

  @Test
  void doesNotTakeANewerStateSyncTransactionForAForgery() {
    Asking polygon = asking(137);
    answers(polygon, block, receipts);
    add(block, receipts, "0x7f", "0x0");

    assertThat(answers(polygon, block, receipts)).allMatch(ChainExceptionsTest::isPassed);
    assertThat(answers(polygon, block.put("gasUsed", "0x77"), receipts))
        .anyMatch(each -> each instanceof Outcome.Unserved);
  }

  @ParameterizedTest
  @CsvSource({"420, Regolith, cumulativeGasUsed", "81457, Canyon, depositNonce"})
  void checksDepositsOfTheOpStackWithTheirNonces(long chainId, String fork, String field) {
    JsonNode deposit =
        Asking.rows("public-blocks.json")
            .valueStream()
            .filter(each -> each.required("fork").asString().equals(fork))
            .findFirst()
            .orElseThrow();
    JsonNode known = deposit.required("block");
    ArrayNode its = (ArrayNode) deposit.required("receipts");
    String number = "[" + known.required("number") + "]";
    Asking op =
        new Asking(NETWORKS.byId(chainId))
            .knowing(KnownChain.of(KnownChain.block(known.toString())));

    assertThat(op.check("eth_getBlockReceipts", number, its)).matches(Asking::isPassed);
    assertThat(op.state(Aspect.RECEIPTS_ROOT)).isEqualTo(State.ON);
    ((ObjectNode) its.get(0)).put(field, "0x7");
    assertThat(op.check("eth_getBlockReceipts", number, its)).matches(Asking::isWrong);
  }

  @Test
  void believesNoBloomOfZkSyncAndBlamesNobodyForIt() {
    ObjectNode odd = block.deepCopy().put("logsBloom", "0x" + "f".repeat(512));
    Asking zkSync =
        new Asking(NETWORKS.byId(324)).knowing(KnownChain.of(KnownChain.block(odd.toString())));
    String filter =
        "[{\"blockHash\":" + odd.required("hash") + ",\"address\":\"0x" + "7".repeat(40) + "\"}]";

    assertThat(zkSync.check("eth_getLogs", filter, receipts.arrayNode())).matches(Asking::isPassed);
    assertThat(zkSync.state(Aspect.BLOOM)).isEqualTo(State.OFF);
  }
}

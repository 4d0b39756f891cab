package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.KnownChain;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Blocks that are those that were asked for, and others. */
class BlockCheckTest {

  private static final String OTHER = "0x" + "7".repeat(64);

  private final ObjectNode block = Asking.block();
  private final String byNumber = "[\"" + block.required("number").asString() + "\",true]";
  private final String byHash = "[\"" + block.required("hash").asString() + "\",true]";
  private final Asking asking = new Asking();

  static Stream<JsonNode> publicBlocks() {
    return Asking.rows("public-blocks.json").valueStream();
  }

  /** After a genuine answer has shown that the chain's hashes and roots are the usual ones. */
  private Asking experienced() {
    assertThat(asking.check("eth_getBlockByHash", byHash, block)).matches(Asking::isPassed);
    return asking;
  }

  @ParameterizedTest
  @MethodSource("publicBlocks")
  void passesPublicBlocksAndLearnsFromThem(JsonNode row) {
    JsonNode each = row.required("block");

    assertThat(asking.check("eth_getBlockByHash", "[" + each.required("hash") + ",true]", each))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_getBlockByNumber", "[" + each.required("number") + "]", each))
        .matches(Asking::isPassed);
    assertThat(asking.state(Aspect.HEADER_HASH)).isEqualTo(Profile.State.ON);
    assertThat(asking.state(Aspect.TRANSACTIONS_ROOT))
        .isEqualTo(each.path("transactions").size() > 0 ? Profile.State.ON : Profile.State.UNKNOWN);
  }

  @Test
  void refusesAnotherBlockThanTheOneAskedFor() {
    assertThat(asking.check("eth_getBlockByNumber", "[\"0x77\",true]", block))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockByNumber", "[\"earliest\",true]", block))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockByHash", "[\"" + OTHER + "\",true]", block))
        .matches(Asking::isWrong);
    assertThat(asking.check("eth_getHeaderByHash", "[\"" + OTHER + "\"]", block))
        .matches(Asking::isWrong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "finalized", "pending"})
  void passesTheBlockOfATag(String tag) {
    assertThat(asking.check("eth_getBlockByNumber", "[\"" + tag + "\",true]", block))
        .matches(Asking::isPassed);
  }

  @Test
  void blamesNobodyForABlockOfAnotherForkThanTheKnownOneAndTells() {
    ObjectNode twin = block.deepCopy().put("hash", OTHER);
    asking.knowing(KnownChain.of(KnownChain.block(twin.toString())));

    assertThat(asking.check("eth_getBlockByNumber", byNumber, block)).matches(Asking::isMissing);
    assertThat(asking.check("eth_getBlockByNumber", "[\"latest\",true]", block))
        .matches(Asking::isMissing);
    assertThat(asking.astray()).containsExactly(1L, 1L);
    assertThat(asking.check("eth_getBlockByNumber", "[\"pending\",true]", block))
        .matches(Asking::isPassed);
    assertThat(asking.astray()).hasSize(2);
  }

  @Test
  void refusesABlockBesideAFinalOne() {
    ObjectNode twin = block.deepCopy().put("hash", OTHER);
    asking.knowing(KnownChain.ofFinal(KnownChain.block(twin.toString())));

    assertThat(asking.check("eth_getBlockByNumber", byNumber, block)).matches(Asking::isWrong);
    assertThat(asking.astray()).isEmpty();
  }

  @Test
  void refusesAForgeryOfAnotherFork() {
    experienced();
    ObjectNode twin = block.deepCopy().put("hash", OTHER);
    asking.knowing(KnownChain.of(KnownChain.block(twin.toString())));
    block.put("stateRoot", OTHER);

    assertThat(asking.check("eth_getBlockByNumber", byNumber, block)).matches(Asking::isWrong);
    assertThat(asking.astray()).isEmpty();
  }

  static List<Consumer<ObjectNode>> forgeries() {
    return List.of(
        block -> block.put("stateRoot", OTHER),
        block -> block.put("gasUsed", "0x1"),
        block -> block.put("parentHash", OTHER),
        block -> block.put("transactionsRoot", OTHER),
        block -> ((ArrayNode) block.required("transactions")).remove(0),
        block -> block.putArray("transactions"),
        block -> transaction(block).put("value", "0x77"),
        block -> transaction(block).put("to", "0x" + "7".repeat(40)),
        block -> transaction(block).put("hash", OTHER),
        block ->
            block
                .putArray("withdrawals")
                .addObject()
                .put("index", "0x0")
                .put("validatorIndex", "0x0")
                .put("amount", "0x1")
                .put("address", "0x" + "7".repeat(40)));
  }

  private static ObjectNode transaction(ObjectNode block) {
    return (ObjectNode) block.required("transactions").get(1);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void blamesForgeriesOnceTheChainIsKnownToBeVerifiable(Consumer<ObjectNode> forge) {
    experienced();
    forge.accept(block);

    assertThat(asking.check("eth_getBlockByHash", byHash, block)).matches(Asking::isWrong);
    assertThat(asking.check("eth_getBlockByNumber", byNumber, block)).matches(Asking::isWrong);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void blamesNobodyBeforeThat(Consumer<ObjectNode> forge) {
    forge.accept(block);

    assertThat(asking.check("eth_getBlockByHash", byHash, block)).matches(Asking::isPassed);
  }

  @Test
  void blamesForgeriesAtOnceWhenTheChainLogHasVerifiedTheHead() {
    asking.knowing(KnownChain.of(KnownChain.block(block.toString())));
    block.put("stateRoot", OTHER);

    assertThat(asking.check("eth_getBlockByHash", byHash, block)).matches(Asking::isWrong);
  }

  @Test
  void doesNotBlameWhatItCannotVerify() {
    experienced();
    ObjectNode newer = block.deepCopy().put("fieldOfAForkToCome", OTHER).put("hash", OTHER);
    ObjectNode older = block.deepCopy().without(List.of("miner"));
    ObjectNode typed = block.deepCopy();
    transaction(typed).put("type", "0x77");

    assertThat(asking.check("eth_getBlockByHash", "[\"" + OTHER + "\",true]", newer))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_getBlockByHash", byHash, older)).matches(Asking::isPassed);
    assertThat(asking.check("eth_getBlockByHash", byHash, typed)).matches(Asking::isPassed);
  }

  @Test
  void passesABlockThatListsHashesOnly() {
    experienced();
    ArrayNode hashes = block.arrayNode();
    block.required("transactions").forEach(each -> hashes.add(each.required("hash")));
    block.set("transactions", hashes);

    assertThat(asking.check("eth_getBlockByNumber", byNumber, block)).matches(Asking::isPassed);
  }

  @Test
  void leavesOutTheHashWhereItIsKnownNotToBeThatOfTheFields() {
    Asking quirky = new Asking("own-header");
    assertThat(quirky.check("eth_getBlockByHash", byHash, block)).matches(Asking::isPassed);

    assertThat(quirky.check("eth_getBlockByHash", byHash, block.put("stateRoot", OTHER)))
        .matches(Asking::isPassed);
    assertThat(quirky.state(Aspect.HEADER_HASH)).isEqualTo(Profile.State.OFF);
  }

  @Test
  void leavesOutTheTransactionsWhereSomeAreKnownToBeInNoRoot() {
    Asking quirky = new Asking("polygon-state-sync");
    assertThat(quirky.check("eth_getBlockByHash", byHash, block)).matches(Asking::isPassed);
    ((ArrayNode) block.required("transactions")).remove(0);

    assertThat(quirky.check("eth_getBlockByHash", byHash, block)).matches(Asking::isPassed);
    assertThat(quirky.state(Aspect.TRANSACTIONS_ROOT)).isEqualTo(Profile.State.OFF);
    assertThat(quirky.state(Aspect.HEADER_HASH)).isEqualTo(Profile.State.ON);
  }

  @Test
  void passesNullAndOtherMethods() {
    assertThat(asking.check("eth_getBlockByHash", byHash, block.nullNode()))
        .matches(Asking::isPassed);
    assertThat(asking.check("eth_getBalance", "[\"0x00\",\"latest\"]", block.stringNode("0x1")))
        .matches(Asking::isPassed);
  }
}

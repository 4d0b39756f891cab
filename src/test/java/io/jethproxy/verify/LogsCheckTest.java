package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.KnownChain;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Logs as they were asked for, and others; and what an answer leaves out. */
class LogsCheckTest {

  private static final String OTHER = "0x" + "7".repeat(64);

  private final ObjectNode row = Asking.row();
  private final ObjectNode raw = (ObjectNode) row.required("block");
  private final Block genesis = KnownChain.block(row.required("genesis").toString());
  private final Block block = KnownChain.block(raw.toString());
  private final ArrayNode logs = (ArrayNode) row.required("receipts").get(3).required("logs");
  private final String address = logs.get(0).required("address").asString();
  private final String topic = logs.get(1).required("topics").get(0).asString();
  private final Asking asking = new Asking();

  @BeforeEach
  void knowTheChain() {
    asking.knowing(KnownChain.of(genesis, block));
  }

  private io.jethproxy.call.Outcome check(String filter) {
    return asking.check("eth_getLogs", "[{" + filter + "}]", logs);
  }

  private io.jethproxy.call.Outcome checkAll() {
    return check("\"fromBlock\":\"0x0\",\"toBlock\":\"0x1\",\"address\":\"" + address + "\"");
  }

  @Test
  void passesTheLogsThatWereAskedFor() {
    assertThat(checkAll()).matches(Asking::isPassed);
    assertThat(check("\"fromBlock\":\"0x1\",\"toBlock\":\"latest\"")).matches(Asking::isPassed);
    assertThat(check("")).matches(Asking::isPassed);
    assertThat(check("\"blockHash\":" + raw.required("hash"))).matches(Asking::isPassed);
    assertThat(check("\"address\":[\"0x" + "7".repeat(40) + "\",\"" + address + "\"]"))
        .matches(Asking::isPassed);
    assertThat(check("\"address\":\"0x" + address.substring(2).toUpperCase(Locale.ROOT) + "\""))
        .matches(Asking::isPassed);
    assertThat(asking.state(Aspect.LOG_ORDER)).isEqualTo(Profile.State.ON);
    assertThat(asking.state(Aspect.BLOOM)).isEqualTo(Profile.State.ON);
  }

  @Test
  void comparesTheTopicsByTheirPlaces() {
    logs.remove(0);

    assertThat(check("\"topics\":[\"" + topic + "\"]")).matches(Asking::isPassed);
    assertThat(check("\"topics\":[[\"" + OTHER + "\",\"" + topic + "\"]]"))
        .matches(Asking::isPassed);
    assertThat(check("\"topics\":[null,[null,\"" + OTHER + "\"]]")).matches(Asking::isPassed);
    assertThat(check("\"topics\":[[],[]]")).matches(Asking::isPassed);
    assertThat(check("\"topics\":[\"" + OTHER + "\"]")).matches(Asking::isWrong);
    assertThat(check("\"topics\":[null,\"" + topic + "\"]")).matches(Asking::isWrong);
    assertThat(check("\"topics\":[null,null,null,[]]")).matches(Asking::isWrong);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"fromBlock\":\"0x2\",\"toBlock\":\"0x3\"",
        "\"fromBlock\":\"0x0\",\"toBlock\":\"0x0\"",
        "\"fromBlock\":\"0x2\",\"toBlock\":\"latest\"",
        "\"fromBlock\":\"earliest\",\"toBlock\":\"earliest\"",
        "\"blockHash\":\""
            + "0x7777777777777777777777777777777777777777777777777777777777777777"
            + "\"",
        "\"address\":\"0x7777777777777777777777777777777777777777\""
      })
  void refusesLogsThatWereNotAskedFor(String filter) {
    assertThat(check(filter)).matches(Asking::isWrong);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"fromBlock\":\"0x2\",\"toBlock\":\"pending\"",
        "\"address\":\"vitalik.eth\"",
        "\"topics\":{}",
        "\"topics\":[[[]]]"
      })
  void passesAnyLogsWhenItCannotTellWhatWasAskedFor(String filter) {
    assertThat(check(filter)).matches(Asking::isPassed);
  }

  static List<Consumer<ArrayNode>> faults() {
    return List.of(
        logs -> logs.add(logs.get(1)),
        logs -> logs.add(logs.remove(0)),
        logs -> log(logs).put("logIndex", "0x0"),
        logs -> log(logs).put("blockHash", OTHER),
        logs -> log(logs).putNull("blockHash"),
        logs -> log(logs).put("blockNumber", "0x0"),
        logs -> log(logs).putNull("blockNumber"),
        logs -> logs.add("0x"));
  }

  private static ObjectNode log(ArrayNode logs) {
    return (ObjectNode) logs.get(1);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void refusesLogsOutOfOrderOrOfAnotherFork(Consumer<ArrayNode> spoil) {
    assertThat(checkAll()).matches(Asking::isPassed);
    spoil.accept(logs);

    assertThat(checkAll()).matches(Asking::isWrong);
  }

  @Test
  void blamesNobodyForTheOrderBeforeAnyAnswerHadOne() {
    logs.add(logs.remove(0));

    assertThat(checkAll()).matches(Asking::isPassed);
  }

  @Test
  void refusesLogsThatTheBloomOfTheirBlockExcludes() {
    checkAll();
    ObjectNode moved = raw.deepCopy().put("logsBloom", "0x" + "0".repeat(512));
    asking.knowing(KnownChain.of(genesis, KnownChain.block(moved.toString())));

    assertThat(checkAll()).matches(Asking::isWrong);
  }

  @Test
  void doubtsThatThereAreNoneWhenTheBloomTellsOfSome() {
    checkAll();
    logs.removeAll();

    assertThat(checkAll()).matches(Asking::isMissing);
    assertThat(check("\"address\":\"" + address + "\",\"blockHash\":" + raw.required("hash")))
        .matches(Asking::isMissing);
    assertThat(check("\"topics\":[\"" + topic + "\"],\"fromBlock\":\"0x1\",\"toBlock\":\"0x9\""))
        .matches(Asking::isMissing);
  }

  @Test
  void believesThatThereAreNoneWhenTheBloomExcludesThem() {
    checkAll();
    logs.removeAll();

    assertThat(check("\"fromBlock\":\"0x0\",\"toBlock\":\"0x1\",\"topics\":[\"" + OTHER + "\"]"))
        .matches(Asking::isPassed);
    assertThat(check("\"fromBlock\":\"0x0\",\"toBlock\":\"0x0\",\"address\":\"" + address + "\""))
        .matches(Asking::isPassed);
    assertThat(check("\"fromBlock\":\"0x5\",\"toBlock\":\"0x9\",\"address\":\"" + address + "\""))
        .matches(Asking::isPassed);
  }

  @Test
  void believesThatThereAreNoneInBlocksTooBusyForTheirBlooms() {
    checkAll();
    logs.removeAll();
    ObjectNode busy = raw.deepCopy().put("logsBloom", "0x" + "ff".repeat(256));
    asking.knowing(KnownChain.of(genesis, KnownChain.block(busy.toString())));

    assertThat(checkAll()).matches(Asking::isPassed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"TOPIC\"]", "[null]", "[null,\"TOPIC\"]"})
  void believesThatThereAreNoneThatHaveBothAnAddressAndTopics(String topics) {
    checkAll();
    logs.removeAll();

    assertThat(
            check(
                "\"fromBlock\":\"0x0\",\"toBlock\":\"0x1\",\"address\":\""
                    + address
                    + "\",\"topics\":"
                    + topics.replace("TOPIC", topic)))
        .matches(Asking::isPassed);
  }

  @Test
  void blamesNobodyForLogsOfABranchThatMayBeTheOneToCome() {
    Block twin = KnownChain.block(raw.deepCopy().put("hash", OTHER).toString());
    asking.knowing(KnownChain.of(genesis, twin));

    assertThat(checkAll()).matches(Asking::isMissing);
    assertThat(asking.astray()).containsExactly(1L);
    assertThat(check("\"blockHash\":" + raw.required("hash"))).matches(Asking::isPassed);

    asking.knowing(KnownChain.ofFinal(twin));
    assertThat(checkAll()).matches(Asking::isWrong);
  }

  @Test
  void refusesLogsWhoseBlockIsKnownToBeElsewhere() {
    logs.forEach(log -> ((ObjectNode) log).put("blockNumber", "0x0"));

    assertThat(checkAll()).matches(Asking::isWrong);
  }

  @Test
  void refusesThatThereAreNoneWhenTheReceiptsHaveSome() {
    Block whole = KnownChain.with(block, Asking.row().required("receipts").toString());
    asking.knowing(KnownChain.of(genesis, whole));
    logs.removeAll();

    assertThat(checkAll()).matches(Asking::isWrong);
    assertThat(check("\"fromBlock\":\"0x1\",\"toBlock\":\"0x1\",\"topics\":[[],\"" + topic + "\"]"))
        .matches(Asking::isPassed);
  }

  @Test
  void doubtsNothingBeforeTheBloomsHaveProvedTrue() {
    logs.removeAll();

    assertThat(checkAll()).matches(Asking::isPassed);
  }
}

package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Methods;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows H13 and H19: a provider that leaves transactions out or numbers and marks logs wrongly. Of
 * an old block that a real node has made; the liar is of the first tier, thus always asked first.
 */
class FaultForgeryTest {

  private static final int LIES = 40;

  private final JsonNode row = row();
  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed =
      FaultBed.builder(2).with(2, "tier: secondary").ticker(ticker).start().awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  private static JsonNode row() {
    try (var in = Methods.class.getResourceAsStream("anvil-blocks.json")) {
      return JsonMapper.shared().readTree(in).get(6);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Arguments> forgeries() {
    return Stream.of(
        // H13
        forgery("no transactions", "eth_getBlockByNumber", each -> array(each).removeAll()),
        forgery("one transaction less", "eth_getBlockByNumber", each -> array(each).remove(2)),
        forgery("no hashes of transactions", "hashes", each -> array(each).removeAll()),
        // H19
        forgery("another bloom", "eth_getBlockByNumber", FaultForgeryTest::withoutBloom),
        forgery("another bloom", "eth_getTransactionReceipt", FaultForgeryTest::withoutBloom),
        forgery("no logs", "eth_getTransactionReceipt", each -> each.putArray("logs")),
        forgery("restarted", "eth_getLogs", each -> numbered(array(each).get(1), "0x0")),
        forgery("twice", "eth_getLogs", each -> array(each).add(array(each).get(1))),
        forgery("restarted", "eth_getBlockReceipts", each -> numbered(lastLog(each), "0x0")),
        forgery(
            "out of order",
            "eth_getBlockReceipts",
            each -> array(each).add(array(each).remove(0))));
  }

  private static Arguments forgery(String name, String method, Consumer<ObjectNode> forge) {
    return Arguments.of(name, method, forge);
  }

  /** The list within an answer, or that is the answer. */
  private static ArrayNode array(ObjectNode wrapped) {
    JsonNode own = wrapped.path("answer");
    return (ArrayNode) (own.isArray() ? own : wrapped.required("transactions"));
  }

  private static void withoutBloom(ObjectNode each) {
    each.put("logsBloom", "0x" + "0".repeat(512));
  }

  private static JsonNode lastLog(ObjectNode wrapped) {
    return array(wrapped).get(3).required("logs").get(1);
  }

  private static void numbered(JsonNode log, String index) {
    ((ObjectNode) log).put("logIndex", index);
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("forgeries")
  void isNeverPassedOnAndCountsAgainstTheProvider(
      String name, String question, Consumer<ObjectNode> forge) {
    String method = question.equals("hashes") ? "eth_getBlockByNumber" : question;
    JsonNode truth = truth(question);
    String forged = forged(truth, forge);
    learn();
    bed.u(2).on(method).answer(truth.toString());
    bed.u(1).on(method).answer(forged);

    for (int i = 0; i < LIES; i++) {
      Answered answered = bed.client().call(method, params(question));
      assertThat(answered.result()).isEqualTo(truth);
      ticker.advance(Duration.ofMillis(20));
    }

    assertThat(bed.u(1).count(method)).isPositive().isLessThan(LIES);
    assertThat(bed.attempts(1, "wrong_answer")).isPositive();
    assertThat(bed.attempts(2, "wrong_answer")).isZero();
  }

  /** What it is about, from an honest provider: the chain's blocks are found to be as usual. */
  private void learn() {
    bed.each(this::script);
    for (String each :
        new String[] {
          "eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_getLogs", "eth_getBlockReceipts"
        }) {
      assertThat(bed.client().call(each, params(each)).result()).isEqualTo(truth(each));
    }
    bed.each(u -> u.forgetScript().forgetAsked());
  }

  private void script(FakeProvider u) {
    for (String each :
        new String[] {
          "eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_getLogs", "eth_getBlockReceipts"
        }) {
      u.on(each).answer(truth(each).toString());
    }
  }

  private static String forged(JsonNode truth, Consumer<ObjectNode> forge) {
    if (truth instanceof ObjectNode object) {
      ObjectNode copy = object.deepCopy();
      forge.accept(copy);
      return copy.toString();
    }
    ObjectNode wrapped = JsonMapper.shared().createObjectNode();
    wrapped.set("answer", truth.deepCopy());
    forge.accept(wrapped);
    return wrapped.required("answer").toString();
  }

  private JsonNode truth(String question) {
    ObjectNode block = (ObjectNode) row.required("block");
    return switch (question) {
      case "eth_getBlockByNumber" -> block;
      case "hashes" -> {
        ObjectNode brief = block.deepCopy();
        ArrayNode hashes = brief.putArray("transactions");
        block.required("transactions").forEach(each -> hashes.add(each.required("hash")));
        yield brief;
      }
      case "eth_getTransactionReceipt" -> row.required("receipts").get(3);
      case "eth_getLogs" -> row.required("receipts").get(3).required("logs");
      default -> row.required("receipts");
    };
  }

  private String params(String question) {
    return switch (question) {
      case "eth_getBlockByNumber" -> "[\"0x1\",true]";
      case "hashes" -> "[\"0x1\",false]";
      case "eth_getTransactionReceipt" ->
          "[" + row.required("receipts").get(3).required("transactionHash") + "]";
      case "eth_getLogs" -> "[{\"fromBlock\":\"0x1\",\"toBlock\":\"0x1\"}]";
      default -> "[\"0x1\"]";
    };
  }
}

package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RpcClient.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** JSON-RPC 2.0 to the letter, as clients see it. */
class EdgeRpcTest {

  private static final String GAS_PRICE = "\"result\":\"0x3b9aca00\"}";

  private static EdgeRig rig;

  @BeforeAll
  static void start() {
    rig = EdgeRig.start();
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  @BeforeEach
  void forget() {
    rig.forgetAsked();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "-0",
        "1.5",
        "1e400",
        "1E+2",
        "12345678901234567890123456789012345678901234567890",
        "\"\"",
        "\"\\u0041\"",
        "\"\\/\\b\\\"\\\\\"",
        "\"a b\"",
        "\"\u00fc\u4e16\ud83d\ude00\"",
        "null"
      })
  void echoesAnIdByteForByte(String id) {
    Answered answered = rig.client().post(request(id, "eth_gasPrice"));

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + GAS_PRICE);
    assertThat(rig.asked()).hasSize(1);
  }

  @Test
  void echoesAStringIdOfTheLargestSizeAndRefusesALongerOne() {
    String largest = '"' + "x".repeat(256) + '"';
    String longer = '"' + "x".repeat(257) + '"';

    assertThat(rig.client().post(request(largest, "eth_gasPrice")).text()).contains(largest);
    assertRefused(rig.client().post(request(longer, "eth_gasPrice")), 400, -32600);
    assertRefused(
        rig.client().post(request('"' + "x".repeat(1_000_000) + '"', "eth_gasPrice")), 400, -32600);
    assertThat(rig.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false", "[]", "{}", "[1]", "{\"a\":1}"})
  void refusesAnIdOfAnotherType(String id) {
    Answered answered = rig.client().post(request(id, "eth_gasPrice"));

    assertRefused(answered, 400, -32600);
    assertThat(answered.text()).startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,");
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void executesANotificationAndAnswersNothing() {
    Answered answered = rig.client().post("{\"jsonrpc\":\"2.0\",\"method\":\"eth_gasPrice\"}");

    assertThat(answered.status()).isEqualTo(204);
    assertThat(answered.text()).isEmpty();
    assertThat(answered.header("content-length")).isEmpty();
    assertThat(rig.asked()).extracting(asked -> asked.method()).containsExactly("eth_gasPrice");
  }

  @Test
  void answersNothingToANotificationThatFails() {
    Answered answered = rig.client().post("{\"jsonrpc\":\"2.0\",\"method\":\"admin_peers\"}");

    assertThat(answered.status()).isEqualTo(204);
    assertThat(answered.text()).isEmpty();
  }

  @Test
  void answersABatchOfNotificationsWithNothing() {
    String notification = "{\"jsonrpc\":\"2.0\",\"method\":\"eth_gasPrice\"}";

    Answered answered = rig.client().post("[" + notification + "," + notification + "]");

    assertThat(answered.status()).isEqualTo(204);
    assertThat(answered.text()).isEmpty();
    assertThat(rig.asked()).hasSize(2);
  }

  @Test
  void leavesNotificationsOutOfTheAnswerToABatch() {
    Answered answered =
        rig.client()
            .post(
                "[{\"jsonrpc\":\"2.0\",\"method\":\"eth_gasPrice\"},"
                    + request("1", "eth_chainId")
                    + "]");

    assertThat(answered.text()).isEqualTo("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}]");
    assertThat(rig.asked()).hasSize(1);
  }

  @Test
  void answersABatchOfOneWithAnArray() {
    assertThat(rig.client().post("[" + request("1", "eth_chainId") + "]").text())
        .isEqualTo("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}]");
  }

  @Test
  void answersABatchInItsOrder() {
    rig.provider.on("eth_gasPrice").hold();
    var answered =
        rig.client()
            .postAsync(
                "/",
                "[%s,%s,%s]"
                    .formatted(
                        request("\"first\"", "eth_gasPrice"),
                        request("\"second\"", "eth_maxPriorityFeePerGas"),
                        request("\"third\"", "eth_chainId")));
    rig.provider.awaitRequests("eth_maxPriorityFeePerGas", 1, EdgeRig.SOON);
    rig.provider.awaitRequests("eth_gasPrice", 1, EdgeRig.SOON);

    rig.provider.release();

    assertThat(answered.join().json())
        .extracting(item -> item.path("id").asString())
        .containsExactly("first", "second", "third");
  }

  @Test
  void answersEachItemOfABatchWhoseIdsAreAllTheSame() {
    String batch =
        IntStream.range(0, 50)
            .mapToObj(i ->
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_call\",\"params\":[" + i + "]}")
            .collect(Collectors.joining(",", "[", "]"));

    JsonNode answers = rig.client().post(batch).json();

    assertThat(answers).hasSize(50).allMatch(answer -> answer.path("id").asInt() == 7);
  }

  @Test
  void keepsTheAnswersOfManyClientsApart() {
    List<java.util.concurrent.CompletableFuture<Answered>> all = new ArrayList<>();
    rig.provider.on("eth_call").properly();
    for (int i = 0; i < 300; i++) {
      all.add(rig.client().postAsync("/", request("\"tenant-" + i + "\"", "eth_gasPrice")));
    }

    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).join().text()).contains("\"id\":\"tenant-" + i + "\"");
    }
  }

  @Test
  void answersEveryItemOfAMixedBatchOnItsOwn() {
    Answered answered =
        rig.client()
            .post(
                "[1, \"x\", null, [], {}, "
                    + "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":7},"
                    + "{\"jsonrpc\":\"1.0\",\"id\":6,\"method\":\"eth_chainId\"},"
                    + "{\"jsonrpc\":\"2.0\",\"id\":[7],\"method\":\"eth_chainId\"},"
                    + "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"eth_chainId\",\"params\":\"p\"},"
                    + "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"admin_peers\"},"
                    + request("10", "eth_chainId")
                    + "]");

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.json())
        .extracting(item -> item.path("error").path("code").asInt(0) + ":" + item.path("id"))
        .containsExactly(
            "-32600:null",
            "-32600:null",
            "-32600:null",
            "-32600:null",
            "-32600:null",
            "-32600:5",
            "-32600:6",
            "-32600:null",
            "-32600:8",
            "-32601:9",
            "0:10");
    assertThat(answered.json().get(0).path("error").path("data").path("reason").asString())
        .isEqualTo("invalid_request");
  }

  @Test
  void refusesAnEmptyBatchWithOneError() {
    Answered answered = rig.client().post(" [ ] ");

    assertRefused(answered, 400, -32600);
    assertThat(answered.text()).startsWith("{");
  }

  @Test
  void refusesABatchWithinABatchAsAnItem() {
    Answered answered =
        rig.client()
            .post("[[" + request("1", "eth_gasPrice") + "]," + request("2", "eth_chainId") + "]");

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.json().get(0).path("error").path("code").asInt()).isEqualTo(-32600);
    assertThat(answered.json().get(1).path("result").asString()).isEqualTo("0x1");
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void answersABatchOfTheLargestSizeAndRefusesALargerOne() {
    String item = request("1", "eth_gasPrice");

    Answered largest = rig.client().post("[" + (item + ",").repeat(99) + item + "]");
    int asked = rig.asked().size();
    Answered larger = rig.client().post("[" + (item + ",").repeat(100) + item + "]");

    assertThat(largest.json()).hasSize(100);
    assertRefused(larger, 413, -32600);
    assertThat(larger.text()).contains("\"reason\":\"too_big\"").contains("100");
    assertThat(rig.asked()).hasSize(asked);
  }

  @Test
  void readsARequestWithSpaceAroundItAndMembersThatItDoesNotKnow() {
    Answered answered =
        rig.client()
            .post(
                " \r\n\t{ \"x\" : {\"jsonrpc\":[1,{}]}, \"method\" : \"eth_chainId\" ,\r\n"
                    + "\"params\":null,\"id\":  1 , \"jsonrpc\":\"2.0\"}\n ");

    assertThat(answered.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}");
  }

  @Test
  void readsAMethodHoweverItsNameIsSpelled() {
    assertThat(rig.client().post(request("1", "eth_ch\\u0061inId")).text()).contains("\"0x1\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"m\\u0065thod\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":[],\"params\":[1]}",
        "{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}",
        "{\"id\":1,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.1\",\"id\":1,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":[\"eth_gasPrice\"]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":\"[]\"}",
        "{}",
        "null",
        "1",
        "\"eth_gasPrice\"",
        "true"
      })
  void refusesWhatIsJsonButNoRequest(String body) {
    assertRefused(rig.client().post(body), 400, -32600);
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[",
        "nul",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}x",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}{}",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"},]",
        "{'jsonrpc':'2.0','id':1,'method':'eth_gasPrice'}",
        "{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":+1,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"eth_gasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_\ngasPrice\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\\x\"}",
        "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}",
        "<xml/>",
        "id=1&method=eth_gasPrice"
      })
  void refusesWhatIsNotJson(String body) {
    Answered answered = rig.client().post(body);

    assertRefused(answered, 400, -32700);
    assertThat(answered.text()).startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,");
    assertThat(answered.text()).contains("\"reason\":\"parse_error\"");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c3(",
        "\u00ff",
        "\u00c0\u00af",
        "\u00ed\u00a0\u0080",
        "\u00f5\u0080\u0080\u0080"
      })
  void refusesWhatIsNotUtf8(String latin1) throws Exception {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":[\""
            + latin1
            + "\"]}";
    String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n";

    var answered = rig.first(head + body);

    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.text()).contains("-32700");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"63, 200", "64, 400", "1024, 400", "500000, 400"})
  void refusesWhatIsTooDeep(int depthOfParams, int status) {
    Answered answered =
        rig.client()
            .post(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":"
                    + "[".repeat(depthOfParams)
                    + "]".repeat(depthOfParams)
                    + "}");

    assertThat(answered.status()).isEqualTo(status);
    assertThat(answered.errorCode()).isEqualTo(status == 200 ? 0 : -32700);
  }

  @Test
  void refusesParamsThatItUnderstandsAndThatCannotBeRight() {
    Answered answered =
        rig.client()
            .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"web3_sha3\",\"params\":[\"zz\"]}");

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isEqualTo(-32602);
    assertThat(answered.text()).contains("\"requestId\":\"").contains("\"reason\":\"");
  }

  @Test
  void givesTheChainsOwnErrorAsTheProviderGaveIt() {
    rig.provider.on("eth_call").error(3, "execution reverted: no", "\"0x08c379a0\"");

    Answered answered = rig.client().post(request("\"r\"", "eth_call"));

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"r\",\"error\":{\"code\":3,\"message\":"
                + "\"execution reverted: no\",\"data\":\"0x08c379a0\"}}");
  }

  @Test
  void saysMethodNotFoundWhenEveryProviderSaysSo() {
    Answered answered = rig.client().post(request("1", "eth_doesNotExist"));

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.errorCode()).isEqualTo(-32601);
  }

  @Test
  void givesEachOwnErrorAnIdOfItsOwnAndWhetherToTryAgain() {
    List<Answered> refusals =
        List.of(
            rig.client().post("{"),
            rig.client().post("[]"),
            rig.client().post("1"),
            rig.client().post("/nowhere", request("1", "eth_chainId")),
            rig.client().post("/137", request("1", "eth_chainId")),
            rig.client().post("/", "{}", "Content-Type: text/plain"),
            rig.client().post(request("1", "admin_peers")),
            rig.client().get("/"));

    assertThat(refusals)
        .allSatisfy(refusal -> {
          JsonNode data = refusal.json().path("error").path("data");
          assertThat(data.path("reason").asString()).matches("[a-z_]+");
          assertThat(data.path("retryable").isBoolean()).isTrue();
          assertThat(data.path("requestId").asString()).matches("[0-9a-f]+");
        });
    assertThat(refusals)
        .extracting(refusal -> refusal.json().path("error").path("data").path("requestId"))
        .doesNotHaveDuplicates();
  }

  private static void assertRefused(Answered answered, int status, int code) {
    assertThat(answered.status()).isEqualTo(status);
    assertThat(answered.errorCode()).isEqualTo(code);
    assertThat(answered.header("content-type")).contains("application/json");
    assertThat(answered.json().path("error").path("message").asString()).isNotBlank();
    assertThat(answered.json().path("error").path("data").path("requestId").asString())
        .isNotBlank();
  }
}

package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.RpcClient.Answered;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods that are not for strangers never reach a provider, however they are spelled. */
class EdgeMethodsTest {

  private static final List<String> DANGEROUS =
      List.of(
          "admin_addPeer",
          "admin_peers",
          "admin_nodeInfo",
          "admin_startHTTP",
          "admin_unheardOf",
          "personal_unlockAccount",
          "personal_sendTransaction",
          "personal_unheardOf",
          "engine_newPayloadV4",
          "engine_forkchoiceUpdatedV3",
          "engine_unheardOf",
          "miner_start",
          "miner_setGasPrice",
          "clique_propose",
          "les_addBalance",
          "anvil_setBalance",
          "anvil_unheardOf",
          "hardhat_impersonateAccount",
          "evm_mine",
          "evm_snapshot",
          "eth_sign",
          "eth_signTransaction",
          "eth_signTypedData",
          "eth_signTypedData_v4",
          "eth_sendTransaction",
          "debug_setHead",
          "debug_writeMemProfile",
          "debug_traceTransaction",
          "debug_unheardOf",
          "trace_block",
          "trace_unheardOf",
          "txpool_content",
          "txpool_unheardOf");

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

  static Stream<String> dangerous() {
    return DANGEROUS.stream();
  }

  @ParameterizedTest
  @MethodSource("dangerous")
  void keepsTheMethodFromProvidersInEverySpelling(String method) {
    int underscore = method.indexOf('_');
    String group = method.substring(0, underscore);
    String rest = method.substring(underscore);
    Stream.of(
            method,
            method.toUpperCase(Locale.ROOT),
            group.toUpperCase(Locale.ROOT) + rest,
            Character.toUpperCase(method.charAt(0)) + method.substring(1),
            group + rest.toUpperCase(Locale.ROOT),
            method + " ",
            " " + method,
            method + "\\u0000",
            "\\u0000" + method,
            method + "\\n",
            method + "\\t",
            method + "\\u200b",
            method + "\\u00a0",
            "\\ufeff" + method,
            method.replace("_", "\\u005f"),
            escaped(method),
            method.replace('a', '\u0430').replace('e', '\u0435'), // Cyrillic
            method.replace("_", "\uff3f"), // full width
            method.replace("i", "\u0131"), // dotless
            method.replace("s", "\u017f"), // long s, which is S in upper case
            method.replace("k", "\u212a"), // Kelvin, which is k in lower case
            method + "/../eth_gasPrice",
            "eth_gasPrice\\n" + method)
        .forEach(EdgeMethodsTest::assertKept);
    assertThat(rig.asked()).isEmpty();
  }

  private static String escaped(String method) {
    return method.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
  }

  private static void assertKept(String spelling) {
    Answered refused = rig.client().post(request("1", spelling));

    assertThat(refused.errorCode()).as(spelling).isIn(-32601, -32600);
    assertThat(refused.json().path("id").asInt()).isEqualTo(1);
  }

  @Test
  void keepsThemFromProvidersWithinABatch() {
    String batch =
        DANGEROUS.stream()
            .map(method -> request("\"" + method + "\"", method))
            .collect(Collectors.joining(",", "[", "," + request("1", "eth_gasPrice") + "]"));

    Answered answered = rig.client().post(batch);

    assertThat(answered.json()).hasSize(DANGEROUS.size() + 1);
    assertThat(answered.json().valueStream().limit(DANGEROUS.size()))
        .allMatch(item -> item.path("error").path("code").asInt() == -32601);
    assertThat(rig.asked()).extracting(Asked::method).containsExactly("eth_gasPrice");
  }

  @Test
  void keepsThemFromProvidersAsNotificationsAndBehindASecondName() {
    for (String method : DANGEROUS) {
      rig.client().post("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"}");
      rig.client()
          .post(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"method\":\""
                  + method
                  + "\"}");
      rig.client()
          .post(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                  + method
                  + "\",\"method\":\"eth_gasPrice\"}");
      rig.client()
          .post(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"Method\":\"eth_gasPrice\",\"method\":\""
                  + method
                  + "\"}");
    }

    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void answersForTheNodesOwnAccountsAndModulesItself() {
    assertThat(rig.client().post(request("1", "eth_accounts")).text()).endsWith("\"result\":[]}");
    assertThat(rig.client().post(request("1", "rpc_modules")).text()).contains("\"eth\":");
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void opensTracesWhenToldToAndNothingElse() {
    try (EdgeRig open = EdgeRig.start("requests:\n  exposeTraceMethods: true\n")) {
      open.provider.on("debug_traceTransaction").answer("{\"gas\":1}");
      open.provider.on("trace_block").answer("[]");
      open.provider.on("txpool_status").answer("{\"pending\":\"0x0\"}");

      assertThat(open.client().post(request("1", "debug_traceTransaction")).text())
          .contains("\"gas\":1");
      assertThat(open.client().post(request("1", "trace_block")).text()).endsWith("\"result\":[]}");
      assertThat(open.client().post(request("1", "txpool_status")).text()).contains("pending");
      assertThat(open.asked()).hasSize(3);
      for (String method :
          List.of("debug_setHead", "debug_writeMemProfile", "admin_peers", "Trace_block")) {
        assertThat(open.client().post(request("1", method)).errorCode()).isEqualTo(-32601);
      }
      assertThat(open.asked()).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth_subscribe", "eth_unsubscribe"})
  void saysWhatSubscriptionsNeed(String method) {
    Answered refused =
        rig.client()
            .post(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                    + method
                    + "\",\"params\":[\"newHeads\"]}");

    assertThat(refused.status()).isEqualTo(200);
    assertThat(refused.errorCode()).isEqualTo(-32601);
    assertThat(refused.text()).contains("WebSocket").contains("\"reason\":\"needs_websocket\"");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth_getFilterChanges", "eth_getFilterLogs"})
  void knowsNoFilterThatItDidNotMake(String method) {
    Answered refused =
        rig.client()
            .post(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[\"0x1\"]}"
                    .formatted(method));

    assertThat(refused.status()).isEqualTo(200);
    assertThat(refused.errorCode()).isEqualTo(-32000);
    assertThat(refused.text()).contains("filter not found");
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kaia_newFilter", "klay_getFilterChanges"})
  void saysThatFiltersOfOtherNamesAreNotKept(String method) {
    Answered refused = rig.client().post(request("1", method));

    assertThat(refused.status()).isEqualTo(200);
    assertThat(refused.errorCode()).isEqualTo(-32601);
    assertThat(refused.text())
        .contains("eth_newFilter")
        .contains("\"reason\":\"filters_not_offered\"");
    assertThat(rig.asked()).isEmpty();
  }
}

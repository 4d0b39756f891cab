package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** JSON-RPC over WebSockets, as over HTTP. */
class WebSocketCallsTest {

  private final EdgeRig rig = EdgeRig.start();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void answersACall() {
    try (WsClient client = WsClient.connect(rig.port(), "/")) {
      assertThat(client.call("eth_chainId", "[]").result().asString()).isEqualTo("0x1");
    }
  }

  @Test
  void answersOnThePathOfANetwork() {
    try (WsClient client = WsClient.connect(rig.port(), "/mainnet")) {
      assertThat(client.call("eth_chainId", "[]").result().asString()).isEqualTo("0x1");
    }
  }

  @Test
  void echoesIdsOfEveryKindAndAnswersNoNotification() {
    try (WsClient client = WsClient.connect(rig.port(), "/1")) {
      client.send("{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}");
      for (String id : List.of("\"a b\"", "-7", "1.50", "null")) {
        client.send(EdgeRig.request(id, "eth_chainId"));
        client.next();
        assertThat(client.heard().getLast()).contains("\"id\":" + id + ",");
      }

      assertThat(client.heard()).hasSize(4);
    }
  }

  @Test
  void answersABatchInItsOrderAndOnlyNotificationsWithNothing() {
    try (WsClient client = WsClient.connect(rig.port(), "/")) {
      client.send("[{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}]");
      client.send(
          "["
              + EdgeRig.request("3", "eth_gasPrice")
              + ",7,"
              + EdgeRig.request("1", "eth_chainId")
              + "]");

      var answer = client.next();
      assertThat(answer.size()).isEqualTo(3);
      assertThat(answer.get(0).get("id").asInt()).isEqualTo(3);
      assertThat(answer.get(1).get("error").get("code").asInt()).isEqualTo(-32600);
      assertThat(answer.get(2).get("result").asString()).isEqualTo("0x1");
    }
  }

  @Test
  void saysWhatIsWrongWithAMessageAndGoesOn() {
    try (WsClient client = WsClient.connect(rig.port(), "/")) {
      assertThat(client.send("{").next().get("error").get("code").asInt()).isEqualTo(-32700);
      assertThat(client.send("").next().get("error").get("code").asInt()).isEqualTo(-32700);
      assertThat(client.send("[]").next().get("error").get("code").asInt()).isEqualTo(-32600);
      assertThat(client.send("5").next().get("error").get("code").asInt()).isEqualTo(-32600);

      assertThat(client.call("eth_chainId", "[]").result().asString()).isEqualTo("0x1");
    }
  }

  @Test
  void answersAThousandCallsAtOnceOnOneSocket() {
    try (WsClient client = WsClient.connect(rig.port(), "/")) {
      List<CompletableFuture<WsClient.Answered>> answers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        answers.add(client.callAsync(i % 2 == 0 ? "eth_chainId" : "eth_gasPrice", "[]"));
      }
      rig.gateway.await(() -> answers.stream().allMatch(CompletableFuture::isDone), "answers");

      for (var answer : answers) {
        assertThat(answer.orTimeout(10, TimeUnit.SECONDS).join().json().has("result")).isTrue();
      }
    }
  }
}

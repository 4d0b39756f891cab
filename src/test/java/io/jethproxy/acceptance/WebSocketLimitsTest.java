package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawWs;
import io.jethproxy.testing.WsClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What one client can take of the gateway over WebSockets, and what happens beyond it. */
class WebSocketLimitsTest {

  private static final int FIN = RawWs.FIN;

  @Test
  void refusesMoreConnectionsOfOneAddressAndTakesOthersWhenSomeHaveGone() throws IOException {
    try (EdgeRig rig = EdgeRig.start("server: {webSocket: {perAddressMax: 2}}\n");
        RawWs first = RawWs.open(rig.port(), "/");
        RawWs second = RawWs.open(rig.port(), "/")) {
      try (RawWs third = RawWs.connect(rig.port())) {
        HttpMessage answer = third.send(RawWs.handshake("/")).response();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isPresent();
        assertThat(answer.text()).contains("-32005").contains("\"id\":null");
      }
      assertThat(rig.client().call("eth_chainId", "[]").status()).isEqualTo(200);

      first.reset();
      EdgeRig.await(() -> rig.metric("jeth_websocket_connections") == 1, "one has gone");
      try (RawWs fourth = RawWs.open(rig.port(), "/")) {
        fourth.text(EdgeRig.request("1", "eth_chainId"));
        assertThat(fourth.message()).contains("0x1");
      }
      second.text(EdgeRig.request("1", "eth_chainId"));
      assertThat(second.message()).contains("0x1");
    }
  }

  @Test
  void leavesRoomForOthersAndNeverClosesAQuietWebSocketToMakeSome() throws IOException {
    try (EdgeRig rig = EdgeRig.start("server: {connectionsMax: 8}\n")) {
      rig.client().close(); // its connections would count
      List<RawWs> quiet = new ArrayList<>();
      try {
        EdgeRig.await(() -> rig.connections() == 0, "nobody is connected");
        for (int i = 0; i < 7; i++) {
          quiet.add(RawWs.open(rig.port(), "/"));
        }
        try (RawWs eighth = RawWs.connect(rig.port())) {
          HttpMessage answer = eighth.send(RawWs.handshake("/")).response();
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.header("retry-after")).isPresent();
        }
        for (int i = 0; i < 20; i++) { // each takes the place of an idle one, if there is one
          EdgeRig.await(() -> isServed(rig), "a newcomer is served");
        }

        for (RawWs each : quiet) {
          each.text(EdgeRig.request("1", "eth_chainId"));
          assertThat(each.message()).contains("0x1");
        }
      } finally {
        for (RawWs each : quiet) {
          each.close();
        }
      }
    }
  }

  private static boolean isServed(EdgeRig rig) {
    try (RawHttp raw = rig.connect()) {
      raw.send(RawHttp.post("/", EdgeRig.request("1", "eth_chainId")));
      return raw.readResponse(EdgeRig.SOON).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void readsNoFurtherWhileAsManyCallsAsAllowedAreUnderWay() throws IOException {
    CountDownLatch released = new CountDownLatch(1);
    try (EdgeRig rig = EdgeRig.start("server: {webSocket: {callsMax: 5}}\n")) {
      rig.provider.on("eth_gasPrice").hold(released);
      try (WsClient client = WsClient.connect(rig.port(), "/")) {
        for (int i = 0; i < 40; i++) {
          client.send(EdgeRig.request("" + i, "eth_gasPrice"));
        }
        EdgeRig.await(() -> rig.inFlight() == 5, "five are asked");
        rig.settle();

        assertThat(rig.inFlight()).isEqualTo(5);
        assertThat(rig.metric("jeth_websocket_messages_total{direction=\"in\"}")).isEqualTo(5);
        released.countDown();
        for (int i = 0; i < 40; i++) {
          assertThat(client.next().has("result")).isTrue();
        }
      } finally {
        released.countDown();
      }
    }
  }

  @Test
  void abandonsTheCallsOfAClientThatLeaves() throws IOException {
    try (EdgeRig rig = EdgeRig.start()) {
      rig.provider.on("eth_gasPrice").hold();
      try (RawWs ws = RawWs.open(rig.port(), "/")) {
        ws.text(EdgeRig.request("1", "eth_gasPrice"));
        ws.text("[" + EdgeRig.request("2", "eth_gasPrice") + "]");
        EdgeRig.await(() -> rig.inFlight() == 2, "both are asked");

        ws.reset();
        EdgeRig.await(() -> rig.inFlight() == 0, "both are given up");
      }
      try (RawWs ws = RawWs.open(rig.port(), "/")) {
        ws.text(EdgeRig.request("1", "eth_gasPrice"));
        EdgeRig.await(() -> rig.inFlight() == 1, "it is asked");

        ws.send(RawWs.closing(1000, ""));
        assertThat(ws.next().code()).isEqualTo(1000);
        EdgeRig.await(() -> rig.inFlight() == 0, "it is given up");
      }
    }
  }

  @Test
  void pingsEachClientAndFindsOutWhoIsDeadWithin45Seconds() throws IOException {
    try (EdgeRig rig = EdgeRig.start();
        RawWs living = RawWs.open(rig.port(), "/");
        RawWs dead = RawWs.open(rig.port(), "/")) {
      for (int second = 0; second < 42; second++) {
        rig.ticker.advanceMillis(1_000);
        if (second == 31) {
          assertThat(living.read().orElseThrow().opcode()).isEqualTo(RawWs.PING);
          living.send(RawWs.frame(FIN | RawWs.PONG, new byte[0]));
          rig.settle();
        }
      }
      assertThat(rig.metric("jeth_websocket_connections")).isEqualTo(2);

      rig.ticker.advanceMillis(3_000);

      assertThat(dead.endsWithin(EdgeRig.SOON)).isTrue();
      living.text(EdgeRig.request("1", "eth_chainId"));
      assertThat(living.message()).contains("0x1");
      assertThat(rig.metric("jeth_websocket_closes_total{reason=\"silent\"}")).isEqualTo(1);
    }
  }

  @Test
  void answersAFloodOfPingsWithFewPongsAndTheLast() throws IOException {
    try (EdgeRig rig = EdgeRig.start();
        RawWs ws = RawWs.open(rig.port(), "/")) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 200_000; i++) {
        flood.writeBytes(RawWs.frame(FIN | RawWs.PING, "p".getBytes(StandardCharsets.UTF_8)));
      }
      flood.writeBytes(RawWs.frame(FIN | RawWs.PING, "last".getBytes(StandardCharsets.UTF_8)));
      ws.send(flood.toByteArray());

      int pongs = 1;
      while (!ws.next().text().equals("last")) {
        pongs++;
      }
      assertThat(pongs).isLessThan(100_000);
      ws.text(EdgeRig.request("1", "eth_chainId"));
      assertThat(ws.message()).contains("0x1");
    }
  }

  @Test
  void closesForAMessageThatTakesTooLong() throws IOException {
    try (EdgeRig rig = EdgeRig.start();
        RawWs ws = RawWs.open(rig.port(), "/")) {
      ws.send(RawWs.frame(RawWs.TEXT, "{".getBytes(StandardCharsets.UTF_8)));
      rig.settle();
      rig.ticker.advance(Duration.ofSeconds(11));

      RawWs.Frame close = ws.next();
      assertThat(close.code()).isEqualTo(1008);
      assertThat(close.reason()).contains("too slow");
    }
  }

  @Test
  void neverReadingClientHoldsLittleAndOthersAreServed() throws IOException {
    String big = "\"0x" + "ab".repeat(2 << 20) + "\"";
    try (EdgeRig rig = EdgeRig.start()) {
      rig.provider.on("eth_call").answer(big);
      try (RawWs deaf = RawWs.connect(rig.port(), 4_096)) {
        deaf.send(RawWs.handshake("/"));
        assertThat(deaf.response().status()).isEqualTo(101);
        for (int i = 0; i < 20; i++) {
          deaf.text(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{},\"latest\"]}");
        }
        EdgeRig.await(
            () -> rig.metric("jeth_websocket_messages_total{direction=\"in\"}") == 20, "all came");

        assertThat(rig.client().call("eth_chainId", "[]").status()).isEqualTo(200);
        for (int second = 0; second < 46; second++) {
          rig.ticker.advanceMillis(1_000);
        }
        assertThat(deaf.endsWithin(EdgeRig.SOON)).isTrue();
      }
      EdgeRig.await(() -> rig.metric("jeth_websocket_connections") == 0, "it has gone");
    }
  }

  @Test
  void writesALargeAnswerInFragmentsBetweenWhichPingsAreAnswered() throws IOException {
    String big = "\"0x" + "ab".repeat(2 << 20) + "\"";
    try (EdgeRig rig = EdgeRig.start()) {
      rig.provider.on("eth_call").answer(big);
      try (RawWs ws = RawWs.open(rig.port(), "/")) {
        ws.text(
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"eth_call\",\"params\":[{},\"latest\"]}");

        String answer = ws.message();
        assertThat(answer).startsWith("{\"jsonrpc\":\"2.0\",\"id\":9,").endsWith(big + "}");
      }
    }
  }
}

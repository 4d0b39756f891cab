package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawWs;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a WebSocket, and what is said to others. */
class WebSocketHandshakeTest {

  private static EdgeRig rig;

  @BeforeAll
  static void open() {
    rig = EdgeRig.start("server: {cors: {origins: ['https://app.example']}}\n");
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  private static HttpMessage answer(String request) throws IOException {
    try (RawWs ws = RawWs.connect(rig.port())) {
      return ws.send(request).response();
    }
  }

  @Test
  void acceptsAsRfc6455HasIt() throws IOException {
    HttpMessage answer = answer(RawWs.handshake("/"));

    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("upgrade")).hasValue("websocket");
    assertThat(answer.header("connection")).hasValue("upgrade");
    assertThat(answer.header("sec-websocket-accept")).hasValue(RawWs.ACCEPT);
    assertThat(answer.header("content-length")).isEmpty();
    assertThat(answer.header("sec-websocket-extensions")).isEmpty();
    assertThat(answer.header("sec-websocket-protocol")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/?x=1", "/1", "/mainnet", "/ethereum"})
  void acceptsOnThePathsOfPost(String path) throws IOException {
    assertThat(answer(RawWs.handshake(path)).status()).isEqualTo(101);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "/base", "/a/b", "/status"})
  void answersUnknownPathsAsOverHttp(String path) throws IOException {
    HttpMessage answer = answer(RawWs.handshake(path));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).contains("-32600").contains("\"id\":null");
  }

  static Stream<Arguments> flaws() {
    return Stream.of(
        arguments("Connection: Upgrade", "Connection: keep-alive", 400),
        arguments("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426),
        arguments("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13, 8", 426),
        arguments("Sec-WebSocket-Version: 13", "X: y", 426),
        arguments(
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13",
            400),
        arguments("Sec-WebSocket-Key: " + RawWs.KEY, "X: y", 400),
        arguments("Sec-WebSocket-Key: " + RawWs.KEY, "Sec-WebSocket-Key: ", 400),
        arguments("Sec-WebSocket-Key: " + RawWs.KEY, "Sec-WebSocket-Key: c2hvcnQ=", 400),
        arguments(
            "Sec-WebSocket-Key: " + RawWs.KEY, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZXh4", 400),
        arguments(
            "Sec-WebSocket-Key: ",
            "Sec-WebSocket-Key: " + RawWs.KEY + "\r\nSec-WebSocket-Key: ",
            400),
        arguments("Upgrade: websocket", "Upgrade: websocket\r\nContent-Length: 2", 400),
        arguments("Upgrade: websocket", "Upgrade: websocket\r\nTransfer-Encoding: chunked", 400),
        arguments("Host: 127.0.0.1", "X: y", 400),
        arguments("Host: 127.0.0.1", "Host: a\r\nHost: a", 400),
        arguments("GET / HTTP/1.1", "GET / HTTP/1.0", 400),
        arguments("Upgrade: websocket", "Upgrade: h2c", 405),
        arguments("Upgrade: websocket", "X: y", 405),
        arguments("GET ", "PUT ", 405));
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void refusesAHandshakeWithAFlaw(String instead, String of, int status) throws IOException {
    String request = RawWs.handshake("/").replace(instead, of);
    String body = of.endsWith(": 2") ? "{}" : of.endsWith("chunked") ? "0\r\n\r\n" : "";

    HttpMessage answer = answer(request + body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).contains("\"error\"");
    if (status == 426) {
      assertThat(answer.header("sec-websocket-version")).hasValue("13");
      assertThat(answer.header("upgrade")).hasValue("websocket");
    }
  }

  @Test
  void takesTokensAmongOthersInAnyCase() throws IOException {
    String request =
        RawWs.handshake("/")
            .replace("Connection: Upgrade", "Connection: keep-alive, uPGRADE")
            .replace("Upgrade: websocket", "Upgrade: WebSocket");

    assertThat(answer(request).status()).isEqualTo(101);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://app.example",
        "https://app.example.evil.example",
        "https://x.app.example",
        "https://app.example:8443",
        "https://app.example/",
        ""
      })
  void refusesPagesOfOtherOrigins(String origin) throws IOException {
    assertThat(answer(RawWs.handshake("/", "Origin: " + origin)).status()).isEqualTo(403);
  }

  @Test
  void acceptsPagesOfTheConfiguredOriginOnly() throws IOException {
    assertThat(answer(RawWs.handshake("/", "Origin: https://app.example")).status()).isEqualTo(101);
    assertThat(
            answer(
                    RawWs.handshake(
                        "/", "Origin: https://app.example", "Origin: https://app.example"))
                .status())
        .isEqualTo(403);
  }

  @Test
  void endsAConnectionWhoseUpgradeItRefuses() throws IOException {
    try (RawHttp raw = RawHttp.connect(rig.port())) {
      RawHttp.Heard heard =
          raw.send(
                  RawWs.handshake("/nowhere")
                      + RawHttp.post("/", EdgeRig.request("1", "eth_chainId")))
              .readUntilEnd(EdgeRig.SOON);

      assertThat(heard.end()).isEqualTo(RawHttp.End.CLOSED);
      assertThat(heard.responses()).hasSize(1);
      assertThat(heard.responses().getFirst().header("connection")).hasValue("close");
    }
  }

  @Test
  void upgradesOnlyAfterEarlierRequestsAreAnswered() throws IOException {
    CountDownLatch released = new CountDownLatch(1);
    rig.provider.on("eth_gasPrice").hold(released);
    try (RawWs ws = RawWs.connect(rig.port())) {
      ws.send(
          RawHttp.post("/", EdgeRig.request("1", "eth_gasPrice"))
              + RawWs.handshake("/")
              + new String(
                  RawWs.frame(
                      RawWs.FIN | RawWs.TEXT,
                      EdgeRig.request("2", "eth_chainId").getBytes(StandardCharsets.UTF_8)),
                  StandardCharsets.ISO_8859_1));
      rig.settle();
      released.countDown();

      assertThat(ws.response().text()).contains("\"id\":1");
      assertThat(ws.response().status()).isEqualTo(101);
      assertThat(ws.message()).contains("\"id\":2");
    } finally {
      rig.provider.forgetScript();
    }
  }

  @Test
  void asksForPatienceWhileTheDefaultNetworkIsNotKnown() throws IOException {
    try (FakeProvider silent = FakeProvider.start()) {
      silent.on("eth_chainId").hold();
      try (RunningGateway starting = RunningGateway.before(silent).notAwaitingReady().start();
          RawWs ws = RawWs.connect(starting.port())) {
        HttpMessage answer = ws.send(RawWs.handshake("/")).response();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isPresent();
        assertThat(answer.text()).contains("starting");
      }
    }
  }
}

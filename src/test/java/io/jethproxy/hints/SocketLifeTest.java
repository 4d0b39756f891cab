package io.jethproxy.hints;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeSockets;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How sockets are opened, found out and replaced, whatever the provider does with them. */
class SocketLifeTest {

  private static final Charset ASCII = StandardCharsets.ISO_8859_1;

  private final SocketRig rig = new SocketRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static int reconnects(RunningGateway gateway, int index) {
    return SocketRig.socket(gateway, index).path("reconnects").asInt();
  }

  @Test
  void aSocketThatFallsSilentWhileTheChainMovesIsReplacedWithinThreeBlocks() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 36, 12);
    rig.one.sockets().stall();

    rig.mining(gateway, 3 * 12, 12);

    assertThat(SocketRig.cause(gateway, 0)).isEqualTo("silent");
    assertThat(reconnects(gateway, 0)).isEqualTo(1);
    assertThat(reconnects(gateway, 1)).isZero();
    rig.one.sockets().behave();
    rig.mining(gateway, 24, 12);
    assertThat(SocketRig.state(gateway, 0)).isEqualTo("live");
    assertThat(SocketRig.socket(gateway, 0).path("keepsUp").asBoolean()).isTrue();
  }

  @Test
  void aChainThatRestsIsNoReasonToReconnect() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);

    rig.mining(gateway, 600, 1_000);

    assertThat(rig.one.sockets().opened()).isEqualTo(1);
    assertThat(rig.two.sockets().opened()).isEqualTo(1);
    assertThat(SocketRig.count(gateway, "live")).isEqualTo(2);
    assertThat(rig.one.sockets().pings()).isBetween(20, 45);
  }

  @Test
  void aPeerThatIsGoneWithoutAWordIsFoundByPings() {
    RunningGateway gateway = rig.withSockets();
    rig.one.sockets().mute();

    rig.mining(gateway, 27, 1_000);

    assertThat(SocketRig.cause(gateway, 0)).isEqualTo("unanswered");
    rig.one.sockets().behave();
    rig.mining(gateway, 12, 1_000);
    assertThat(SocketRig.state(gateway, 0)).isEqualTo("live");
  }

  @Test
  void pingsAreAnswered() {
    RunningGateway gateway = rig.withSockets();

    rig.one.sockets().sendPing();

    gateway.awaitAtThisMoment(() -> rig.one.sockets().pongs() == 1, "a pong");
  }

  @ParameterizedTest
  @CsvSource({
    "401, auth, refused",
    "403, auth, refused",
    "402, billing, refused",
    "404, no_websocket, refused",
    "200, no_websocket, refused",
    "302, no_websocket, refused",
    "429, busy, waiting",
    "503, busy, waiting"
  })
  void aRefusedHandshakeIsReportedByItsReason(int status, String cause, String state) {
    URI elsewhere = URI.create(rig.two.url() + "/elsewhere");
    rig.one.sockets().refuse(status, "Location: " + elsewhere);
    RunningGateway gateway = rig.started(rig.builder().set("RPC_PROVIDERS_WS", rig.one.wsUrl()), 0);
    gateway.await(() -> SocketRig.cause(gateway, 0).equals(cause), cause);

    rig.mining(gateway, 64, 12);

    assertThat(SocketRig.state(gateway, 0)).isIn(state, "connecting");
    assertThat(rig.one.sockets().refused()).isLessThan(state.equals("refused") ? 5 : 14);
    assertThat(rig.two.sockets().handshakes()).as("redirects are not followed").isEmpty();
    assertThat(rig.two.asked()).noneMatch(asked -> asked.target().contains("elsewhere"));
    rig.awaitHead(gateway);
  }

  @Test
  void aSocketThatIsDroppedAgainAndAgainIsOpenedEverMoreRarely() {
    RunningGateway gateway = rig.withSockets();
    rig.one.sockets().refuse(503).reset();

    for (int i = 0; i < 120; i++) {
      rig.mining(gateway, 1, 12);
    }
    int first = rig.one.sockets().refused();
    rig.pass(gateway, 40);

    assertThat(first).isBetween(6, 14);
    assertThat(rig.one.sockets().refused() - first).isLessThanOrEqualTo(3);
    rig.one.sockets().behave();
    rig.mining(gateway, 40, 12);
    assertThat(SocketRig.state(gateway, 0)).isEqualTo("live");
  }

  @Test
  void aSocketThatAcceptsAndDropsAtOnceIsNoStorm() {
    RunningGateway gateway = rig.withSockets();

    for (int i = 0; i < 120; i++) {
      rig.one.sockets().hangUp(1001);
      rig.mining(gateway, 1, 12);
    }

    assertThat(rig.one.sockets().opened()).isBetween(5, 16);
    assertThat(SocketRig.cause(gateway, 0)).isEqualTo("closed");
  }

  @Test
  void aSocketOfAnotherChainThanConfiguredIsNotUsed() {
    try (FakeProvider other = rig.with(FakeProvider.start(FakeWorld.ofChain(8453)))) {
      RunningGateway gateway =
          rig.started(
              RunningGateway.builder()
                  .ticker(rig.ticker)
                  .cached()
                  .yaml(
                      """
                      providers:
                        - {id: one, url: '%s', ws: '%s', network: mainnet}
                        - {id: two, url: '%s'}
                      """
                          .formatted(rig.one.url(), other.wsUrl(), rig.two.url())),
              0);

      rig.mining(gateway, 60, 12);

      assertThat(SocketRig.state(gateway, 0)).isEqualTo("refused");
      assertThat(SocketRig.cause(gateway, 0)).isEqualTo("wrong_chain");
      assertThat(other.sockets().opened()).isLessThan(4);
      assertThat(other.count("eth_subscribe")).isZero();
    }
  }

  @Test
  void aSocketOfAnotherChainThanItsProviderIsNotUsed() {
    try (FakeProvider other = rig.with(FakeProvider.start(FakeWorld.ofChain(8453)))) {
      RunningGateway gateway =
          rig.started(
              RunningGateway.builder()
                  .ticker(rig.ticker)
                  .cached()
                  .yaml(
                      "providers: [{id: one, url: '%s', ws: '%s'}, {url: '%s'}]"
                          .formatted(rig.one.url(), other.wsUrl(), rig.two.url())),
              0);

      gateway.await(() -> SocketRig.cause(gateway, 0).equals("wrong_chain"), "wrong chain");
    }
  }

  @Test
  void aSocketIsOfTheWrongChainAlsoWhenItsProviderTellsItsOwnLater() {
    try (FakeProvider other = rig.with(FakeProvider.start(FakeWorld.ofChain(8453)))) {
      rig.one.on("eth_chainId").hold();
      RunningGateway gateway =
          rig.started(
              RunningGateway.builder()
                  .ticker(rig.ticker)
                  .cached()
                  .yaml(
                      "providers: [{id: one, url: '%s', ws: '%s'}, {url: '%s'}]"
                          .formatted(rig.one.url(), other.wsUrl(), rig.two.url())),
              0);
      gateway.await(() -> SocketRig.state(gateway, 0).equals("unserved"), "its chain is told");

      rig.one.forgetScript().release();
      rig.mining(gateway, 10, 12);

      assertThat(SocketRig.cause(gateway, 0)).isEqualTo("wrong_chain");
    }
  }

  @Test
  void aChainThatHasOnlyASocketIsNotServedAndSaysSo() {
    try (FakeProvider other = rig.with(FakeProvider.start(FakeWorld.ofChain(8453)))) {
      RunningGateway gateway = rig.started(rig.builder().set("RPC_PROVIDERS_WS", other.wsUrl()), 0);
      gateway.await(() -> SocketRig.state(gateway, 0).equals("unserved"), "it is known");

      assertThat(gateway.client().get("/ready").text())
          .contains("\"base\":{\"ready\":false,\"chainId\":8453")
          .contains("only a socket: no provider over HTTP");
      assertThat(gateway.client().get("/ready").status()).isEqualTo(200);
      assertThat(other.count("eth_subscribe")).isZero();
    }
  }

  @Test
  void socketsOfANetworkThatNobodyAsksAboutAreClosedUntilSomebodyDoes() {
    RunningGateway gateway = rig.withSockets();

    for (int i = 0; i < 70; i++) {
      rig.pass(gateway, 1);
    }
    assertThat(SocketRig.count(gateway, "idle")).isEqualTo(2);
    gateway.await(() -> rig.one.sockets().openNow() == 0, "it is closed");
    assertThat(rig.one.sockets().closeCodes()).containsExactly(1000);
    int opened = rig.one.sockets().opened();
    rig.pass(gateway, 60);
    assertThat(rig.one.sockets().opened()).isEqualTo(opened);

    rig.world.mine();
    gateway.client().callAsync("eth_blockNumber", "[]");
    gateway.await(() -> SocketRig.count(gateway, "live") == 2, "they are back");
    gateway.await(() -> rig.head(gateway) == rig.world.head(), "the head is known");
  }

  @Test
  void credentialsOfTheUrlAndHeadersOfTheProviderAreSent() {
    String url = rig.one.wsUrl().replace("ws://", "ws://user:p%40ss@") + "/v2/key?k=v";
    rig.started(
        RunningGateway.builder()
            .ticker(rig.ticker)
            .cached()
            .yaml(
                """
                providers:
                  - {id: one, url: '%s', ws: '%s', headers: {X-Key: secret}}
                """
                    .formatted(rig.one.url(), url)),
        1);

    var handshake = rig.one.sockets().handshakes().getFirst();
    assertThat(handshake.startLine()).isEqualTo("GET /v2/key?k=v HTTP/1.1");
    assertThat(handshake.header("Authorization")).contains("Basic dXNlcjpwQHNz");
    assertThat(handshake.header("X-Key")).contains("secret");
    assertThat(handshake.header("Host")).contains("127.0.0.1:" + rig.one.port());
    assertThat(handshake.header("Origin")).isEmpty();
    assertThat(handshake.header("Sec-WebSocket-Extensions")).isEmpty();
  }

  // P20.

  /** Garbage, and what it does to the socket: whether it is ignored, or why it is replaced. */
  static Stream<Arguments> garbage() {
    String unknown =
        "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":"
            + "\"0xdead\",\"result\":{\"hash\":\"0x%s\"}}}".formatted("12".repeat(32));
    return Stream.of(
        Arguments.of("an unknown subscription", ignored(s -> s.sendText(unknown))),
        Arguments.of(
            "an answer to nothing",
            ignored(s -> s.sendText("{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":\"0x1\"}"))),
        Arguments.of(
            "an answer to nobody",
            ignored(s -> s.sendText("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{}}"))),
        Arguments.of("a binary frame", ignored(s -> s.sendBinary(new byte[] {1, 2, 3}))),
        Arguments.of("no JSON", ignored(s -> s.sendText("<html>gateway</html>"))),
        Arguments.of("half of it", ignored(s -> s.sendText("{\"jsonrpc\":\"2.0\",\"par"))),
        Arguments.of("a batch", ignored(s -> s.sendText("[1,2]"))),
        Arguments.of("nothing", ignored(s -> s.sendText(""))),
        Arguments.of("depth", ignored(s -> s.sendText("{\"a\":" + "[".repeat(50_000)))),
        Arguments.of("a block without hash", ignored(s -> s.tellHeads("{\"number\":\"0x1\"}"))),
        Arguments.of("no block at all", ignored(s -> s.tellHeads("null"))),
        Arguments.of(
            "invalid UTF-8",
            ended("malformed", s -> s.sendTextBytes(new byte[] {'"', (byte) 0xff, '"'}))),
        Arguments.of(
            "a huge message",
            ended("too_large", s -> s.sendTextBytes("a".repeat(2 << 20).getBytes(ASCII)))),
        Arguments.of(
            "a frame of many exabytes",
            ended(
                "too_large",
                s ->
                    s.sendRaw(new byte[] {(byte) 0x81, 127, 0x7f, 1, 1, 1, 1, 1, 1, 1, 'a', 'a'}))),
        Arguments.of(
            "a reserved opcode", ended("malformed", s -> s.sendRaw(new byte[] {(byte) 0x8f, 0}))),
        Arguments.of(
            "HTTP", ended("malformed", s -> s.sendRaw("HTTP/1.1 200 OK\r\n\r\n".getBytes(ASCII)))),
        Arguments.of(
            "noise without end",
            ended(
                "malformed",
                s -> {
                  for (int i = 0; i < 1_100; i++) {
                    s.sendText("{}");
                  }
                })),
        Arguments.of(
            "fragments without end",
            ended(
                "too_large",
                s -> {
                  s.sendRaw(new byte[] {0x01, 1, 'a'});
                  byte[] more = ("\0~\20\0" + "a".repeat(4096)).getBytes(ASCII);
                  for (int i = 0; i < 300; i++) {
                    s.sendRaw(more);
                  }
                })));
  }

  @Test
  void aLittleNoiseForALongTimeIsNoReasonToReplaceASocket() {
    RunningGateway gateway = rig.withSockets();

    for (int second = 0; second < 120; second++) {
      for (int i = 0; i < 10; i++) {
        rig.one.sockets().sendText("{}");
      }
      rig.mining(gateway, 1, 12);
    }

    assertThat(reconnects(gateway, 0)).isZero();
  }

  record Garbage(Consumer<FakeSockets> send, String cause) {}

  private static Garbage ignored(Consumer<FakeSockets> send) {
    return new Garbage(send, "");
  }

  private static Garbage ended(String cause, Consumer<FakeSockets> send) {
    return new Garbage(send, cause);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("garbage")
  void garbageIsIgnoredAndCountedOrTheSocketIsReplaced(String name, Garbage garbage) {
    RunningGateway gateway = rig.withSockets();

    garbage.send().accept(rig.one.sockets());

    if (garbage.cause().isEmpty()) {
      gateway.awaitAtThisMoment(
          () -> SocketRig.socket(gateway, 0).path("ignored").asInt() == 1, "it is counted");
      assertThat(SocketRig.state(gateway, 0)).isEqualTo("live");
      assertThat(gateway.management().get("/metrics").text())
          .contains("jeth_socket_ignored_total{network=\"mainnet\",socket=\"provider-1\"} 1");
    } else {
      gateway.awaitAtThisMoment(
          () -> SocketRig.cause(gateway, 0).equals(garbage.cause()), garbage.cause());
      gateway.await(() -> SocketRig.state(gateway, 0).equals("live"), "it is replaced");
      assertThat(reconnects(gateway, 0)).isEqualTo(1);
    }
    rig.mining(gateway, 24, 12);
    rig.awaitHead(gateway);
    assertThat(reconnects(gateway, 1)).isZero();
  }
}

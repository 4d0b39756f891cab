package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeProviderTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration BRIEFLY = Duration.ofMillis(80);
  private static final String HEAD_ASKED =
      RawHttp.post("/", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\"}");

  private static final String GAS_ASKED =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}";

  private final FakeProvider provider = FakeProvider.start();
  private final RpcClient client = new RpcClient(provider.uri());

  @AfterEach
  void close() {
    client.close();
    provider.close();
  }

  @Test
  void answersAboutItsWorldAndEchoesEveryIdExactly() {
    provider.world().head(257);

    for (String id : List.of("1", "1.50", "-7e3", "\"a\\u0041 b\"", "null", "900719925474099300")) {
      assertThat(ask(id, "eth_blockNumber"))
          .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":\"0x101\"}");
    }
    assertThat(client.call("eth_chainId", "[]").result().asString()).isEqualTo("0x1");
    assertThat(client.call("eth_unheardOf", "[]").errorCode()).isEqualTo(-32601);
  }

  @Test
  void answersEachItemOfABatchByItsOwnRule() {
    provider.on("eth_gasPrice").answer("\"0x5\"");

    String answered =
        client
            .post("[{\"id\":1,\"method\":\"eth_gasPrice\"},{\"id\":2,\"method\":\"eth_chainId\"}]")
            .text();

    assertThat(answered)
        .isEqualTo(
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x5\"},"
                + "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"0x1\"}]");
    assertThat(provider.asked()).extracting(Asked::batchItems).containsOnly(2);
  }

  @Test
  void asksRulesInTheirOrderAndDropsThoseThatAreUsedUp() {
    provider
        .on("eth_gasPrice")
        .times(2)
        .status(429, "slow down", "Retry-After: 5")
        .on("eth_gasPrice")
        .times(1)
        .error(-32005, "limit \"exceeded\"", "{\"in\":3}");

    assertThat(client.post(GAS_ASKED).header("retry-after")).contains("5");
    assertThat(client.post(GAS_ASKED).status()).isEqualTo(429);
    assertThat(client.post(GAS_ASKED).text())
        .contains(
            "\"error\":{\"code\":-32005,\"message\":\"limit \\\"exceeded\\\"\",\"data\":{\"in\":3}}");
    assertThat(client.post(GAS_ASKED).result().asString()).isEqualTo("0x3b9aca00");
  }

  @Test
  void recordsWhatWasAsked() throws IOException {
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      raw.send(
          RawHttp.post(
                  "/v2/key?x=1",
                  "{\"id\":\"é\", \"method\":\"eth_call\",\"params\": [ {\"to\":\"0x\"} , 1.0 ] }")
              .replace("Host:", "X-Mark: here\r\nHost:"));
      raw.readResponse(SOON);
    }

    Asked asked = provider.awaitRequests("eth_call", 1, SOON).getFirst();
    assertThat(asked.id()).isEqualTo("\"é\"");
    assertThat(asked.params()).isEqualTo("[ {\"to\":\"0x\"} , 1.0 ]");
    assertThat(asked.target()).isEqualTo("/v2/key?x=1");
    assertThat(asked.header("x-mark")).contains("here");
    assertThat(asked.connection()).isEqualTo(1);
    assertThat(provider.count("eth_call")).isEqualTo(1);
    provider.awaitOpenConnections(0, SOON);
  }

  @Test
  void saysWhatItWasAskedWhenWaitingWasInVain() {
    client.call("eth_chainId", "[]");

    assertThatThrownBy(() -> provider.awaitRequests("eth_call", 1, BRIEFLY))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 × eth_call")
        .hasMessageContaining("{eth_chainId=1}");
  }

  @Test
  void holdsAnswersUntilReleased() {
    provider.on("eth_call").hold();
    var first = client.callAsync("eth_call", "[]");
    var other = client.callAsync("eth_chainId", "[]");
    provider.awaitRequests("eth_call", 1, SOON);

    assertThat(other.join().result().asString()).isEqualTo("0x1");
    assertThat(first).isNotDone();
    provider.release();
    assertThat(first.join().status()).isEqualTo(200);
  }

  @Test
  void noticesAClientThatHangsUp() throws IOException {
    provider.always().hold();
    RawHttp raw = RawHttp.connect(provider.port());
    raw.send(HEAD_ASKED);
    provider.awaitRequests(1, SOON);

    raw.close();

    provider.awaitAbandoned(1, SOON);
    provider.awaitOpenConnections(0, SOON);
  }

  @Test
  void endsEverythingWhenClosed() throws IOException {
    provider.on("eth_call").hold();
    try (RawHttp held = RawHttp.connect(provider.port());
        RawHttp idle = RawHttp.connect(provider.port())) {
      held.send(RawHttp.post("/", "{\"id\":1,\"method\":\"eth_call\"}"));
      provider.awaitRequests("eth_call", 1, SOON);
      provider.awaitOpenConnections(2, SOON);

      provider.close();

      assertThat(held.readUntilEnd(SOON).end()).isEqualTo(End.RESET);
      assertThat(idle.readUntilEnd(SOON).end()).isEqualTo(End.RESET);
      provider.awaitOpenConnections(0, SOON);
    }
  }

  @Test
  void delaysInRealTime() {
    provider.on("eth_call").delay(BRIEFLY);

    long before = System.nanoTime();
    client.call("eth_call", "[]");

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(BRIEFLY);
  }

  @Test
  void refusesConnectionsWhileDeadAndServesThePortAgainWhenRevived() throws IOException {
    RawHttp raw = RawHttp.connect(provider.port());
    raw.send(HEAD_ASKED).readResponse(SOON);

    provider.kill();

    assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.RESET);
    assertThatThrownBy(() -> RawHttp.connect(provider.port())).isInstanceOf(ConnectException.class);
    provider.revive();
    assertThat(client.call("eth_chainId", "[]").status()).isEqualTo(200);
  }

  @Test
  void acceptsAndKeepsSilentWhileFrozen() throws IOException {
    provider.freeze();
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      raw.send(HEAD_ASKED);
      assertThatThrownBy(() -> raw.readResponse(BRIEFLY))
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(provider.count()).isZero();

      provider.thaw();

      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
    }
  }

  @Test
  void endsConnectionsAfterSoManyAnswers() throws IOException {
    provider.closeEvery(2);
    assertThat(exchange(HEAD_ASKED.repeat(3)).responses()).hasSize(2);

    provider.resetEvery(1);
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      raw.send(HEAD_ASKED);
      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.RESET);
    }
  }

  @Test
  void resetsAConnectionThatIsReused() throws IOException {
    provider.always().onReuse().rstAfterRequest();

    Heard heard = exchangeInTurn();

    assertThat(heard.end()).isEqualTo(End.RESET);
    assertThat(provider.count()).isEqualTo(2);
  }

  private Heard exchangeInTurn() throws IOException {
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      assertThat(raw.send(HEAD_ASKED).readResponse(SOON)).isPresent();
      return raw.send(HEAD_ASKED).readUntilEnd(SOON);
    }
  }

  @Test
  void resetsOnAcceptAsOftenAsAsked() throws IOException {
    provider.always().times(1).rstOnAccept();

    assertThatThrownBy(
            () -> {
              try (RawHttp raw = RawHttp.connect(provider.port())) {
                raw.send(HEAD_ASKED).readResponse(SOON);
              }
            })
        .isInstanceOf(SocketException.class);
    assertThat(client.call("eth_chainId", "[]").status()).isEqualTo(200);
    assertThat(provider.count()).isEqualTo(1);
  }

  @Test
  void putsTheSecretsOfTheSuiteIntoItsAddress() {
    String url = provider.urlWithSecrets(Canaries.ofSuite());

    assertThat(url)
        .startsWith("http://q7vx2k9dUSERcanary1m4zt8w3b:")
        .contains("@127.0.0.1:" + provider.port() + "/v2/t3bz7f4kKEYcanary3p9vd5s2g?apikey=");
  }

  private String ask(String id, String method) {
    return client
        .post("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"id\":" + id + "}")
        .text();
  }

  private Heard exchange(String bytes) throws IOException {
    return RawHttp.exchange(provider.port(), bytes, SOON);
  }
}

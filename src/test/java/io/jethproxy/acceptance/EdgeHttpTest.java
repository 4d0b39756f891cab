package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import io.jethproxy.testing.RpcClient.Answered;
import java.io.IOException;
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

/** HTTP/1.1 as clients, browsers, load balancers and scanners speak it. */
class EdgeHttpTest {

  private static final String ASK = request("1", "eth_chainId");
  private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}";
  private static final int MIB = 1 << 20;

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

  // Connections.

  @Test
  void keepsAConnectionOverManyRequests() throws IOException {
    try (RawHttp raw = rig.connect()) {
      for (int i = 0; i < 50; i++) {
        HttpMessage answer = raw.send(RawHttp.post("/", ASK)).readResponse(SOON).orElseThrow();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(ANSWER);
        assertThat(answer.header("connection")).isEmpty();
      }
    }
  }

  @Test
  void endsAConnectionWhenTheClientAsksForIt() throws IOException {
    Heard heard =
        rig.exchange(RawHttp.post("/", ASK).replace("Host:", "Connection: Close\r\nHost:"));

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses()).hasSize(1);
    assertThat(heard.responses().getFirst().header("connection")).contains("close");
  }

  @Test
  void endsAConnectionOfHttp10UnlessTheClientAsksToKeepIt() throws IOException {
    String old = RawHttp.post("/", ASK).replace("HTTP/1.1", "HTTP/1.0");

    Heard ended = rig.exchange(old);
    HttpMessage kept = rig.first(old.replace("Host:", "Connection: keep-alive\r\nHost:"));
    Heard withoutHost = rig.exchange(old.replace("Host: 127.0.0.1\r\n", ""));

    assertThat(ended.end()).isEqualTo(End.CLOSED);
    assertThat(ended.responses()).extracting(HttpMessage::text).containsExactly(ANSWER);
    assertThat(kept.header("connection")).contains("keep-alive");
    assertThat(withoutHost.responses()).extracting(HttpMessage::status).containsExactly(200);
  }

  @Test
  void answersTwoHundredPipelinedRequestsInTheirOrder() throws IOException {
    String requests =
        IntStream.range(0, 200)
            .mapToObj(i ->
                RawHttp.post("/", request("" + i, i % 3 == 0 ? "eth_chainId" : "eth_gasPrice")))
            .collect(Collectors.joining());

    try (RawHttp raw = rig.connect()) {
      raw.send(requests);
      for (int i = 0; i < 200; i++) {
        assertThat(raw.readResponse(SOON).orElseThrow().text()).contains("\"id\":" + i + ",");
      }
    }
  }

  @Test
  void answersThousandsOfPipelinedRequestsBehindASlowOneInTheirOrder() throws IOException {
    rig.provider.on("eth_call").hold();
    String health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    try (RawHttp raw = rig.connect()) {
      raw.send(RawHttp.post("/", request("1", "eth_call")) + health.repeat(3_000));
      rig.provider.awaitRequests("eth_call", 1, SOON);
      rig.provider.release();

      assertThat(raw.readResponse(SOON).orElseThrow().text()).contains("\"id\":1,");
      for (int i = 0; i < 3_000; i++) {
        assertThat(raw.readResponse(SOON).orElseThrow().text()).isEqualTo("{\"status\":\"OK\"}");
      }
    }
  }

  @Test
  void asksOneProviderForOnePipelinedRequestAtATime() throws IOException {
    rig.provider.on("eth_call").hold();

    try (RawHttp raw = rig.connect()) {
      raw.send(RawHttp.post("/", request("1", "eth_call")).repeat(100));
      rig.provider.awaitRequests("eth_call", 1, SOON);
      rig.settle();

      assertThat(rig.asked()).hasSize(1);
    }
    rig.provider.release();
  }

  @Test
  void goesOnAfterARequestThatIsRefusedAboveHttp() throws IOException {
    try (RawHttp raw = rig.connect()) {
      raw.send(RawHttp.post("/", "{") + RawHttp.post("/nowhere", ASK) + RawHttp.post("/", ASK));

      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(400);
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(404);
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
    }
  }

  // Methods and targets.

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "post", "BREW"})
  void refusesOtherMethods(String method) throws IOException {
    HttpMessage refused =
        rig.first(RawHttp.post("/", request("1", "eth_gasPrice")).replaceFirst("POST", method));

    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.header("allow")).contains("POST, OPTIONS");
    assertThat(refused.text()).contains("\"reason\":\"method_not_allowed\"");
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void executesNothingThatComesInAQuery() {
    rig.client().get("/?jsonrpc=2.0&id=1&method=eth_gasPrice&params=%5B%5D");
    rig.client().get("/1?body=" + "%7B%22method%22%3A%22eth_gasPrice%22%7D");

    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void answersHeadWithoutABodySoThatTheConnectionStaysReadable() throws IOException {
    String probe = "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n";
    Heard heard =
        rig.exchange(
            probe
                + probe.replace("/health", "/")
                + probe.replace("HEAD", "GET").replace("Host:", "Connection: close\r\nHost:"));

    assertThat(heard.text().split("HTTP/1.1 ", -1)).hasSize(4);
    assertThat(heard.text())
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-length: 15\r\n\r\nHTTP/1.1 405");
    assertThat(heard.text()).endsWith("{\"status\":\"OK\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CONNECT example.com:443 HTTP/1.1 | 400",
        "GET http://example.com/ HTTP/1.1 | 400",
        "POST http://127.0.0.1/ HTTP/1.1 | 400",
        "OPTIONS * HTTP/1.1 | 400",
        "GET / | 400",
        "GET / HTTP/2.0 | 505",
        "GET / HTTP/3.0 | 505",
        "GET / HTTP/0.9 | 505",
        "PRI * HTTP/2.0 | 505",
        "GET ../etc/passwd HTTP/1.1 | 400"
      })
  void refusesWhatIsNoRequestToAnOriginServerAndEndsTheConnection(String line, int status)
      throws IOException {
    Heard heard = rig.exchange(line + "\r\nHost: a\r\n\r\n" + RawHttp.post("/", ASK));

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(status);
  }

  @Test
  void refusesThePrefaceOfHttp2AndATlsHandshake() throws IOException {
    Heard preface = rig.exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    Heard handshake =
        rig.exchange("\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003\r\n\r\n");

    assertThat(preface.end()).isEqualTo(End.CLOSED);
    assertThat(preface.responses()).extracting(HttpMessage::status).containsExactly(505);
    assertThat(handshake.end()).isEqualTo(End.CLOSED);
    assertThat(handshake.responses()).extracting(HttpMessage::status).containsExactly(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "Connection: Upgrade\r\nUpgrade: HTTP/2.0",
        "Connection: Upgrade\r\nUpgrade: TLS/1.0"
      })
  void answersInHttp11WhateverUpgradeIsOffered(String headers) throws IOException {
    try (RawHttp raw = rig.connect()) {
      raw.send(
          RawHttp.post("/", ASK).replace("Host:", headers + "\r\nHost:") + RawHttp.post("/", ASK));

      assertThat(raw.readResponse(SOON).orElseThrow().startLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(raw.readResponse(SOON).orElseThrow().text()).isEqualTo(ANSWER);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/?x=y",
        "/1",
        "/0x1",
        "/0X1",
        "/mainnet",
        "/ethereum",
        "/MAINNET",
        "/Ethereum",
        "/1?a=b"
      })
  void leadsToTheNetworkThatThePathNames(String path) {
    assertThat(rig.client().post(path, ASK).text()).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "//",
        "//1",
        "/1/",
        "/1//",
        "/./1",
        "/../1",
        "/1/../1",
        "/%31",
        "/%2e%2e/1",
        "/%2e",
        "/%2f",
        "/..%2f..%2fetc%2fpasswd",
        "/mainnet%00",
        "/mainnet;a=b",
        "/0",
        "/-1",
        "/0x",
        "/1.0",
        "/1e0",
        "/99999999999999999999",
        "/status",
        "/metrics",
        "/dashboard",
        "/admin/reload",
        "/.git/config",
        "/favicon.ico"
      })
  void knowsNoOtherPath(String path) throws IOException {
    for (String method : List.of("POST", "GET")) {
      HttpMessage refused =
          rig.first(RawHttp.post(path, request("1", "eth_gasPrice")).replaceFirst("POST", method));

      assertThat(refused.status()).isEqualTo(404);
      assertThat(refused.text())
          .contains("\"code\":-32600")
          .contains("\"reason\":\"unknown_path\"");
      assertThat(refused.text()).doesNotContain("etc").doesNotContain("nowhere");
    }
    assertThat(rig.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/137", "/base", "/polygon", "/123456789"})
  void saysThatANetworkIsNotServed(String path) {
    Answered refused = rig.client().post(path, ASK);

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.errorCode()).isEqualTo(-32600);
    assertThat(refused.text()).contains("\"reason\":\"unknown_network\"");
  }

  @Test
  void refusesATargetThatIsTooLong() throws IOException {
    assertThat(rig.first(RawHttp.post("/" + "a".repeat(2_047), ASK)).status()).isEqualTo(404);
    for (int length : new int[] {2_048, 2_100, 65_536}) {
      Heard heard = rig.exchange(RawHttp.post("/" + "a".repeat(length), ASK));

      assertThat(heard.end()).isEqualTo(End.CLOSED);
      assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(414);
    }
  }

  @Test
  void refusesHeadersThatAreTooLarge() throws IOException {
    String one = "X-Large: " + "a".repeat(20_000) + "\r\nHost:";
    String many = "X-Many: a\r\n".repeat(5_000) + "Host:";
    for (String headers : List.of(one, many)) {
      Heard heard = rig.exchange(RawHttp.post("/", ASK).replace("Host:", headers));

      assertThat(heard.end()).isEqualTo(End.CLOSED);
      assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(431);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rpc.example.com", "localhost:8545", "[::1]", "attacker.example", ""})
  void answersWhateverHostIsNamed(String host) throws IOException {
    assertThat(rig.first(RawHttp.post("/", ASK).replace("127.0.0.1", host)).text())
        .isEqualTo(ANSWER);
  }

  // Bodies.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        " application/json ",
        "application/json-rpc",
        "application/jsonrequest"
      })
  void takesJson(String type) throws IOException {
    HttpMessage answer =
        rig.first(
            RawHttp.post("/", ASK)
                .replace("Content-Type: application/json", "Content-Type:" + type));

    assertThat(answer.text()).isEqualTo(ANSWER);
  }

  @Test
  void takesABodyWithoutAType() throws IOException {
    assertThat(
            rig.first(RawHttp.post("/", ASK).replace("Content-Type: application/json\r\n", ""))
                .text())
        .isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "text/json",
        "application/xml",
        "application/json, text/plain",
        "application/json\r\nContent-Type: text/plain",
        "application/x-java-serialized-object",
        ""
      })
  void refusesOtherTypesThatAPageCouldSendWithoutAsking(String type) throws IOException {
    HttpMessage refused =
        rig.first(
            RawHttp.post("/", request("1", "eth_gasPrice"))
                .replace("Content-Type: application/json", "Content-Type: " + type));

    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.text()).contains("\"code\":-32600").contains("unsupported_media");
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void takesABodyOfTheLargestSizeAndRefusesALargerOne() {
    Answered largest = rig.client().post(padded(MIB));
    Answered larger = rig.client().post(padded(MIB + 1));

    assertThat(largest.text()).isEqualTo(ANSWER);
    assertThat(larger.status()).isEqualTo(413);
    assertThat(larger.errorCode()).isEqualTo(-32600);
    assertThat(larger.text()).contains("\"reason\":\"too_big\"").contains("1048576");
    assertThat(larger.header("connection")).contains("close");
  }

  @Test
  void takesAChunkedBodyOfTheLargestSizeAndRefusesALargerOne() throws IOException {
    assertThat(rig.first(chunked(padded(MIB))).text()).isEqualTo(ANSWER);
    assertThat(rig.first(chunked(padded(MIB + 1))).status()).isEqualTo(413);
  }

  @Test
  void letsAClientThatSendsFarTooMuchReadWhy() throws IOException {
    for (String body : List.of(chunked(padded(8 * MIB)), RawHttp.post("/", padded(8 * MIB)))) {
      Heard heard = rig.exchange(body);

      assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(413);
      assertThat(heard.end()).isEqualTo(End.CLOSED);
    }
  }

  @Test
  void refusesATooLargeBodyByItsLengthAlone() throws IOException {
    Heard heard =
        rig.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n");

    assertThat(heard.responses()).extracting(HttpMessage::status).containsExactly(413);
  }

  @Test
  void tellsAClientToGoOnOnlyWhenItsBodyMayCome() throws IOException {
    String expecting = RawHttp.post("/", ASK).replace("Host:", "Expect: 100-Continue\r\nHost:");
    String head = expecting.substring(0, expecting.indexOf("{"));
    String tooLarge = head.replaceFirst("Content-Length: \\d+", "Content-Length: 1048577");
    try (RawHttp raw = rig.connect()) {
      assertThat(raw.send(head).readResponse(SOON).orElseThrow().startLine())
          .isEqualTo("HTTP/1.1 100 Continue");
      assertThat(raw.send(ASK).readResponse(SOON).orElseThrow().text()).isEqualTo(ANSWER);
    }

    assertThat(rig.first(tooLarge).status()).isEqualTo(413);
    assertThat(rig.first(expecting.replace("100-Continue", "200-ok")).status()).isEqualTo(417);
    assertThat(rig.first(expecting.replace("HTTP/1.1", "HTTP/1.0")).status()).isEqualTo(200);
  }

  // What is not said.

  @Test
  void saysNothingOfItselfToTwoHundredMalformedRequests() throws IOException {
    String good = RawHttp.post("/1", request("1", "eth_gasPrice"));
    java.util.Random random = new java.util.Random(36);
    for (int i = 0; i < 200; i++) {
      StringBuilder bad = new StringBuilder(good);
      for (int change = 0; change <= i % 3; change++) {
        int at = random.nextInt(bad.length());
        switch (random.nextInt(3)) {
          case 0 -> bad.setCharAt(at, (char) random.nextInt(256));
          case 1 -> bad.deleteCharAt(at);
          default -> bad.insert(at, (char) random.nextInt(256));
        }
      }
      // What is read as an unfinished request is finished by this one, or is malformed by it.
      Heard heard =
          rig.exchange(
              bad
                  + "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  + "}".repeat(99)
                  + "\r\n\r\n");

      assertThat(heard.text().toLowerCase(java.util.Locale.ROOT))
          .as("%s", bad)
          .startsWith("http/1.1 ")
          .doesNotContain("server:")
          .doesNotContain("java")
          .doesNotContain("netty")
          .doesNotContain("exception")
          .doesNotContain("jeth-proxy/")
          .doesNotContain("/root")
          .doesNotContain("/home")
          .doesNotContain("\tat ")
          .doesNotContain("127.0.0.1:" + rig.provider.port());
    }
  }

  private static String padded(int bytes) {
    return ASK + " ".repeat(bytes - ASK.length());
  }

  private static String chunked(String body) {
    StringBuilder chunked =
        new StringBuilder("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int at = 0; at < body.length(); at += 10_000) {
      String chunk = body.substring(at, Math.min(body.length(), at + 10_000));
      chunked
          .append(Integer.toHexString(chunk.length()))
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return chunked.append("0\r\n\r\n").toString();
  }
}

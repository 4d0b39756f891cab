package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Canaries;
import io.jethproxy.testing.CanaryHunt;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The operators' listener: for this machine only, read-only, without secrets. */
class EdgeManagementTest {

  private static FakeProvider provider;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    provider = FakeProvider.start();
    gateway =
        RunningGateway.builder()
            .set("RPC_PROVIDERS_HTTP", provider.urlWithSecrets(Canaries.ofSuite()))
            .start();
    gateway.client().post(request("1", "eth_gasPrice"));
    gateway.client().post(request("1", "eth_doesNotExist"));
  }

  @AfterAll
  static void close() {
    gateway.close();
    provider.close();
  }

  @Test
  void showsMetricsThatPrometheusCanRead() {
    Answered metrics = gateway.management().get("/metrics");

    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.header("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.text()).endsWith("\n").contains("jeth_requests_total{");
    assertThat(metrics.text().lines())
        .allMatch(line ->
            line.matches("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+")
                || line.matches(
                    "[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[a-z_]+=\"[^\"]*\"(,[a-zA-Z_]+=\"[^\"]*\")*})? \\S+"));
  }

  @Test
  void showsTheStatusAsJson() {
    Answered answered = gateway.management().get("/status");

    JsonNode status = answered.json();
    assertThat(answered.header("content-type")).contains("application/json");
    assertThat(status.path("networks").path(0).path("name").asString()).isEqualTo("mainnet");
    assertThat(status.path("networks").path(0).path("providers").path(0).path("state").asString())
        .isEqualTo("healthy");
    assertThat(status.path("networks").path(0).path("providers").path(0).path("inFlight").asInt(-1))
        .isZero();
    assertThat(status.path("pipeline").size()).isGreaterThan(1);
  }

  @Test
  void showsNoSecretOfAProvider() {
    CanaryHunt hunt = CanaryHunt.ofSuite();
    for (String path : new String[] {"/metrics", "/status", "/health", "/ready", "/nowhere"}) {
      Answered answered = gateway.management().get(path);
      hunt.look(path, answered.headers() + answered.text());
      assertThat(answered.text()).doesNotContain("127.0.0.1:" + provider.port());
    }
    hunt.assertNone();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST:1", "127.0.0.1:8001", "[::1]:65535"})
  void answersWhoNamesThisMachine(String host) throws IOException {
    assertThat(get("/status", host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attacker.example",
        "attacker.example:8001",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example",
        "127.0.0.1@attacker.example",
        "attacker.example#localhost",
        "localhost:80:80",
        "localhost:",
        "0.0.0.0",
        "127.0.0.2",
        "::1",
        "0x7f.1",
        "localhost, attacker.example",
        ""
      })
  void refusesWhoNamesAnotherHost(String host) throws IOException {
    for (String path : new String[] {"/status", "/metrics", "/health", "/nowhere"}) {
      HttpMessage refused = get(path, host);

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).contains("\"reason\":\"forbidden\"");
    }
  }

  @Test
  void isNotMovedByHeadersThatNameAnotherHost() throws IOException {
    assertThat(
            get(
                    "/status",
                    "attacker.example\r\nX-Forwarded-Host: localhost\r\nForwarded: host=localhost")
                .status())
        .isEqualTo(403);
    assertThat(get("/status", "localhost\r\nHost: attacker.example").status()).isEqualTo(400);
    assertThat(send("GET /status HTTP/1.0\r\n\r\n").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
  void refusesEveryMethodThatCouldChangeSomething(String method) throws IOException {
    for (String path : new String[] {"/status", "/metrics", "/health", "/ready"}) {
      HttpMessage refused =
          send(
              method
                  + " "
                  + path
                  + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");

      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.header("allow")).contains("GET, HEAD");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/nowhere",
        "/metrics/",
        "/status%00",
        "/../status",
        "//status",
        "/admin/reload",
        "/1"
      })
  void knowsNoOtherPath(String path) throws IOException {
    assertThat(get(path, "localhost").status()).isEqualTo(404);
  }

  @Test
  void answersNoCallsOfClients() throws IOException {
    int before = provider.count("eth_gasPrice");

    assertThat(send(RawHttp.post("/", request("1", "eth_gasPrice"))).status()).isIn(404, 405);
    assertThat(provider.count("eth_gasPrice")).isEqualTo(before);
  }

  private static HttpMessage get(String path, String host) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private static HttpMessage send(String bytes) throws IOException {
    try (RawHttp raw = RawHttp.connect(gateway.managementPort())) {
      return raw.send(bytes).readResponse(SOON).orElseThrow();
    }
  }
}

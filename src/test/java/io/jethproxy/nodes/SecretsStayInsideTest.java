package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Canaries;
import io.jethproxy.testing.CanaryHunt;
import io.jethproxy.testing.FakeCollector;
import io.jethproxy.testing.FakeLoki;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Secrets in every place of a configuration where one can be, providers that fail in every way and
 * repeat the secrets as they do, the log at its finest: nothing that leaves the program shows one,
 * in no form.
 */
@Timeout(180)
class SecretsStayInsideTest {

  private static final Canaries CANARIES = Canaries.ofSuite();

  /** Asked of each network; some of it is refused, some fails. */
  private static final List<String> QUESTIONS =
      List.of(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\"}",
          "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"eth_getBalance\","
              + "\"params\":[\"0x00000000000000000000000000000000000000aa\",\"latest\"]}",
          "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"eth_sendRawTransaction\","
              + "\"params\":[\"0x02c0\"]}",
          "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"vendor_unheardOf\",\"params\":[]}",
          "[{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"eth_call\",\"params\":[{},\"latest\"]},"
              + "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"eth_chainId\"}]");

  /** One provider that alone serves a network of its own. */
  private record Entry(String network, String url) {

    /** The same address for a socket. */
    String ws() {
      return url.replaceFirst("^http", "ws");
    }
  }

  @TempDir private Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private final List<FakeProvider> reached = new ArrayList<>();
  private long chain = 900_001;

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void whateverFails(String logFormat) throws Exception {
    setUpProviders();
    Path log = directory.resolve("gateway.log");
    FakeLoki loki = opened(FakeLoki.start());
    loki.behave(echoing());
    FakeCollector collector = opened(FakeCollector.start());
    collector.behave(echoingCollector());
    GatewayProcess gateway =
        opened(
            GatewayProcess.before("")
                .yaml(directory.resolve("secrets.yaml"), yaml())
                .set("TIMEOUT_SECONDS", "0.3")
                .set("REQUEST_TIMEOUT_SECONDS", "0.5")
                .set("LOG_LEVEL", "TRACE")
                .set("LOG_FORMAT", logFormat)
                .set("LOG_FILE", log.toString())
                .set("ADMIN_TOKEN", CANARIES.adminToken())
                .set("REDIS_URL", "redis://:" + CANARIES.redisPassword() + "@127.0.0.1:1")
                .set("LOKI_URL", loki.url())
                .set("LOKI_USER", "team-a")
                .set("LOKI_PASSWORD", CANARIES.lokiPassword())
                .set(
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                    collector.url() + "/" + CANARIES.pathKey())
                .set("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20" + CANARIES.otlpToken())
                .set("OTEL_TRACES_SAMPLER", "always_on")
                .set("OTEL_BSP_SCHEDULE_DELAY", "200")
                .start()
                .awaitReady());
    CanaryHunt hunt =
        CanaryHunt.ofSuite()
            .watchFile(log)
            .watchCommandLine(gateway.pid())
            .watch("stdout and stderr", gateway::printed)
            .watch("Loki", () -> loki.entries().toString())
            .watch("spans", collector::text);

    RpcClient clients = opened(gateway.client().heardBy(hunt));
    RpcClient operators = opened(gateway.management().heardBy(hunt));
    for (int round = 0; round < 2; round++) {
      for (Entry entry : entries) {
        QUESTIONS.forEach(question -> clients.post("/" + entry.network(), question));
      }
      askWithKeys(clients);
    }
    gateway.await("every provider's trouble is known", () -> isTroubleKnown(operators));

    List.of("/metrics", "/status", "/ready", "/health", "/admin", "/" + CANARIES.adminToken())
        .forEach(path -> operators.get(path, "Authorization: Bearer " + CANARIES.adminToken()));
    List.of("/ready", "/health").forEach(clients::get);
    hunt.look("thread dump", threadDump(gateway.pid()));
    gateway.await("Loki takes lines at last", () -> loki.text().contains("eth_getBalance"));
    gateway.terminate();
    gateway.exitCode();

    hunt.assertNone();
    assertThat(gateway.printed()).as("a log at its finest").contains("eth_getBalance");
    assertThat(gateway.printed()).as("what Loki said").contains("cannot ship to Loki: denied");
    assertThat(loki.text()).as("shipped").contains("eth_getBalance");
    assertThat(loki.pushes().getFirst().header("authorization")).startsWith("Basic ");
    assertThat(collector.pushes().getFirst().header("authorization"))
        .isEqualTo("Bearer " + CANARIES.otlpToken());
    assertThat(collector.pushes().getFirst().requestLine()).contains(CANARIES.pathKey());
    assertThat(gateway.printed()).as("what the collector said").contains("spans cannot be sent");
    assertThat(collector.spans())
        .as("spans of what failed")
        .anyMatch(span -> span.get("error.type").equals("auth"));
    assertSecretsWereUsed();
    assertThat(gateway.printed())
        .as("troubles of sockets")
        .contains("blocks: auth", "blocks: no_websocket", "blocks: no_subscription");
  }

  /** A Loki that denies thrice and repeats the password in every form that it has of it. */
  private static FakeLoki.Manner echoing() {
    return (loki, push, out) -> {
      String basic = push.header("authorization").substring("Basic ".length());
      String login = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      FakeLoki.Manner denial =
          FakeLoki.saying("401 Unauthorized", "no access for " + login + " by " + basic);
      (loki.pushes().size() <= 3 ? denial : FakeLoki.WELL).answer(loki, push, out);
    };
  }

  /** A collector that denies twice and repeats what it was asked with. */
  private static FakeLoki.Manner echoingCollector() {
    return (server, push, out) -> {
      FakeLoki.Manner denial =
          FakeLoki.saying(
              "401 Unauthorized", push.requestLine() + " with " + push.header("authorization"));
      (server.pushes().size() <= 2 ? denial : FakeLoki.status("200 OK")).answer(server, push, out);
    };
  }

  @Test
  void whateverACheckFinds() throws Exception {
    setUpProviders();

    String printed =
        GatewayProcess.before("")
            .yaml(directory.resolve("secrets.yaml"), yaml())
            .set("TIMEOUT_SECONDS", "0.3")
            .set("LOG_LEVEL", "TRACE")
            .run("check");

    assertThat(printed).contains("provider-2").endsWith("exit code 1");
    CanaryHunt hunt = CanaryHunt.ofSuite();
    hunt.look("check", printed);
    hunt.assertNone();
    assertSecretsWereUsed();
  }

  @Test
  void whateverIsWrongWithTheConfiguration() throws Exception {
    CanaryHunt hunt = CanaryHunt.ofSuite();
    String secretUrl = url("127.0.0.1:1");

    String header = CANARIES.header();
    List<String> files =
        List.of(
            String.join(
                "\n",
                "providers:",
                "  - url: '" + secretUrl.replace("http:", "htp:") + "'",
                "  - url: '" + secretUrl.replace("127.0.0.1:1", "127.0.0.1:99999") + "'",
                "  - url: '" + secretUrl + " " + secretUrl + "'",
                "  - {url: '" + secretUrl + "', " + header + ": 1}",
                "  - {url: '" + secretUrl + "', weight: '" + header + "'}",
                "  - {url: '"
                    + secretUrl
                    + "', headers: {'"
                    + header
                    + " ': \"x\\0"
                    + header
                    + "\"}}",
                "  - {url: '" + secretUrl + "', ws: '" + secretUrl + "'}",
                "  - {url: '" + secretUrl + "', id: '" + header + "', tier: '" + header + "'}",
                CANARIES.adminToken() + ": 1"),
            "providers: [{url: '" + secretUrl + "', network: '" + CANARIES.pathKey() + "'}]",
            "providers: ['" + secretUrl + "', '" + secretUrl + "'\n");
    for (int i = 0; i < files.size(); i++) {
      String printed =
          GatewayProcess.before("")
              .yaml(directory.resolve("mistakes.yaml"), files.get(i) + "\n")
              .set("PORT", i == 0 ? CANARIES.clientKey() : "0")
              .run("serve");
      assertThat(printed).as("file %d", i).endsWith("exit code 2");
      if (i == 0) {
        assertThat(printed).as("all of them").contains("providers[0]", "providers[7]", "PORT");
      }
      hunt.look("serve with file " + i, printed);
    }
    hunt.look(
        "serve with a list",
        GatewayProcess.before(secretUrl.replace("http:", "gopher:") + "," + CANARIES.queryKey())
            .run("serve"));

    hunt.look(
        "serve with sockets",
        GatewayProcess.before("http://127.0.0.1:1")
            .set("RPC_PROVIDERS_WS", secretUrl + "," + CANARIES.queryKey())
            .run("serve"));

    hunt.assertNone();
  }

  // The providers.

  private void setUpProviders() throws Exception {
    healthy();
    String echo = "see " + url("127.0.0.1:1") + " with X-Api-Key " + CANARIES.header();
    failing(p -> p.status(401, echo, "WWW-Authenticate: Basic realm=\"" + CANARIES.user() + "\""));
    failing(p -> p.status(403, echo));
    failing(p -> p.status(429, echo, "Retry-After: " + CANARIES.queryKey()));
    failing(p -> p.status(402, echo));
    failing(p -> p.status(500, echo, "X-Request-Url: " + url("127.0.0.1:1")));
    failing(
        p -> p.status(200, "<html><body>" + echo + "</body></html>", "Content-Type: text/html"));
    failing(p -> p.redirect(302, URI.create(url("127.0.0.1:1"))));
    failing(p -> p.error(-32000, "no: " + echo));
    failing(p -> p.error(-32005, echo, "{\"see\":\"" + url("127.0.0.1:1") + "\"}"));
    failing(p -> p.error(-32601, echo));
    failing(p -> p.plainText(echo));
    failing(p -> p.status(400, "{\"error\":\"" + echo + "\"}"));
    failing(io.jethproxy.testing.Rule::hold);
    failing(io.jethproxy.testing.Rule::rstAfterRequest);
    failing(io.jethproxy.testing.Rule::truncatedJson);
    for (int status : new int[] {401, 402, 404, 429, 503}) {
      failing(p -> p.error(-32000, echo))
          .sockets()
          .refuse(
              status,
              "Location: " + url("127.0.0.1:1").replace("http:", "ws:"),
              "WWW-Authenticate: Basic realm=\"" + CANARIES.user() + "\"",
              "Set-Cookie: key=" + CANARIES.queryKey());
    }
    // Whatever it is asked on its socket, it repeats the secrets.
    failing(p -> p.error(-32000, echo))
        .on("eth_subscribe")
        .error(-32001, echo, "{\"see\":\"" + url("127.0.0.1:1") + "\"}");
    FakeProvider refused = provider();
    refused.kill();
    add(Long.toString(refused.world().chainId()), "127.0.0.1:" + refused.port(), "http");
    FakeProvider plain = provider();
    add(Long.toString(plain.world().chainId()), "127.0.0.1:" + plain.port(), "https");
    WrongCertificate wrong = opened(WrongCertificate.start(directory));
    add(Long.toString(chain++), "localhost:" + wrong.port(), "https");
    add(Long.toString(chain++), "no-such-host.invalid", "http");
    FakeProvider otherChain = provider();
    add(Long.toString(chain++), "127.0.0.1:" + otherChain.port(), "http");
  }

  private void healthy() {
    FakeProvider provider = provider();
    reached.add(provider);
    add(Long.toString(provider.world().chainId()), "127.0.0.1:" + provider.port(), "http");
  }

  /** Answers what the gateway asks for itself, so that clients' questions get there, and fail. */
  private FakeProvider failing(Consumer<io.jethproxy.testing.Rule> how) {
    FakeProvider provider = provider();
    how.accept(
        provider
            .always()
            .when(asked ->
                !asked.method().matches("eth_(chainId|blockNumber|getBlockByNumber|subscribe)")));
    reached.add(provider);
    add(Long.toString(provider.world().chainId()), "127.0.0.1:" + provider.port(), "http");
    return provider;
  }

  private FakeProvider provider() {
    return opened(FakeProvider.start(FakeWorld.ofChain(chain++)));
  }

  private void add(String network, String hostAndPort, String scheme) {
    entries.add(new Entry(network, url(hostAndPort).replace("http:", scheme + ":")));
  }

  private static String url(String hostAndPort) {
    return "http://%s:%s@%s/v2/%s?apikey=%s"
        .formatted(
            CANARIES.user(),
            CANARIES.password(),
            hostAndPort,
            CANARIES.pathKey(),
            CANARIES.queryKey());
  }

  private String yaml() {
    StringBuilder yaml = new StringBuilder("drainSeconds: 0\nproviders:\n");
    for (Entry entry : entries) {
      yaml.append("  - url: '").append(entry.url()).append("'\n");
      yaml.append("    network: '").append(entry.network()).append("'\n");
      yaml.append("    ws: '").append(entry.ws()).append("'\n");
      yaml.append("    headers: {X-Api-Key: '").append(CANARIES.header()).append("'}\n");
    }
    // Of nobody, and on a chain that nobody serves.
    FakeProvider alone = provider();
    yaml.append("sockets: ['")
        .append(url("127.0.0.1:" + alone.port()).replace("http:", "ws:"))
        .append("']\n");
    return yaml.toString();
  }

  private void assertSecretsWereUsed() {
    String basic =
        Base64.getEncoder()
            .encodeToString(
                (CANARIES.user() + ":" + CANARIES.password()).getBytes(StandardCharsets.UTF_8));
    for (FakeProvider provider : reached) {
      assertThat(provider.asked())
          .isNotEmpty()
          .anySatisfy(asked -> assertThat(asked.httpMethod()).isEqualTo("POST"))
          .allSatisfy(asked -> {
            assertThat(asked.target())
                .isEqualTo("/v2/" + CANARIES.pathKey() + "?apikey=" + CANARIES.queryKey());
            assertThat(asked.header("Authorization")).contains("Basic " + basic);
            assertThat(asked.header("X-Api-Key")).contains(CANARIES.header());
          });
      assertThat(provider.sockets().handshakes())
          .isNotEmpty()
          .allSatisfy(handshake -> {
            assertThat(handshake.startLine()).contains(CANARIES.pathKey(), CANARIES.queryKey());
            assertThat(handshake.header("Authorization")).contains("Basic " + basic);
            assertThat(handshake.header("X-Api-Key")).contains(CANARIES.header());
          });
    }
  }

  // The outputs.

  /** Keys of clients in all the places where clients put them. */
  private void askWithKeys(RpcClient clients) {
    String key = CANARIES.clientKey();
    String question = QUESTIONS.getFirst();
    clients.post("/" + entries.getFirst().network() + "/" + key, question);
    clients.post("/" + key, question);
    clients.post("/?apikey=" + key, question, "Authorization: Bearer " + key, "X-Api-Key: " + key);
    clients.post("/" + key, "not JSON");
    clients.get("/" + key.toUpperCase(Locale.ROOT), "Cookie: k=" + key);
    clients.bare("DELETE", "/" + key);
  }

  private boolean isTroubleKnown(RpcClient operators) {
    String status = operators.get("/status").text();
    return List.of("\"unreachable\"", "\"auth\"", "\"throttled\"", "\"billing\"", "\"wrong_chain\"")
        .stream()
        .allMatch(status::contains);
  }

  private static String threadDump(long pid) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "Thread.print",
                "-l")
            .redirectErrorStream(true)
            .start();
    String dump = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor()).as("%s", dump).isZero();
    assertThat(dump).contains("java.lang.Thread.State");
    return dump;
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}

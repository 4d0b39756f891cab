package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawWs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows A9, D10, L5 and S14: more connections than the system lets the program have, thousands that
 * idle, and crowds that read the metrics.
 */
@Timeout(120)
class CrowdTest {

  private static final String ASK =
      RawHttp.post("/", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_gasPrice\",\"params\":[]}");
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int PER_SECOND = 100;
  private static final int FILES_MAX = 512;

  private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final String MANY_OF_ONE_ADDRESS = "server: {webSocket: {perAddressMax: 10000}}\n";

  @TempDir private Path directory;
  private FakeProvider[] providers;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @BeforeEach
  void startProviders() {
    providers = new FakeProvider[] {opened(FakeProvider.start()), opened(FakeProvider.start())};
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  void servesWithinASecondAlthoughEveryFileItMayOpenIsWanted() throws IOException {
    GatewayProcess gateway =
        opened(
                GatewayProcess.before(providers)
                    .under("sh", "-c", "ulimit -n " + FILES_MAX + "; exec \"$@\"", "sh")
                    .set("LOG_LEVEL", "DEBUG")
                    .start())
            .awaitReady();
    for (int i = 0; i < 2_000; i++) {
      opened(RawHttp.connect(gateway.port()));
    }
    long start = System.nanoTime();
    assertThat(ask(opened(RawHttp.connect(gateway.port())))).as("behind the crowd").isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));

    assertThat(connections(gateway)).isLessThanOrEqualTo(0.7 * FILES_MAX);
    assertClean(load(gateway));
    providers[0].kill();
    assertClean(load(gateway)); // files for connections to providers and the log are kept free

    assertThat(gateway.printed()).doesNotContain("Too many open files");
    assertThat(gateway.managementText("/status")).contains("\"ejected\"");
  }

  @Test
  void holdsThousandsOfIdleConnectionsInLittleMemory() throws IOException {
    int many = 3_000;
    GatewayProcess gateway = opened(GatewayProcess.before(providers).start()).awaitReady();
    for (int i = 0; i < many; i++) {
      try (RawHttp raw = RawHttp.connect(gateway.port())) {
        assertThat(ask(raw)).isEqualTo(200);
      }
    }
    long before = gateway.memoryKibibytes("VmRSS");

    for (int i = 0; i < many; i++) {
      assertThat(ask(opened(RawHttp.connect(gateway.port())))).isEqualTo(200);
    }

    assertThat((gateway.memoryKibibytes("VmRSS") - before) / (double) many)
        .as("KiB of each")
        .isLessThan(40);
    assertClean(load(gateway));
  }

  @Test
  void holdsThousandsOfQuietWebSocketsInLittleMemory() throws IOException {
    int many = 3_000;
    GatewayProcess gateway =
        opened(
                GatewayProcess.before(providers)
                    .yaml(directory.resolve("gateway.yaml"), MANY_OF_ONE_ADDRESS)
                    .start())
            .awaitReady();
    for (int i = 0; i < many; i++) {
      try (RawWs raw = RawWs.open(gateway.port(), "/", DEFLATE)) {
        say(raw);
      }
    }
    long before = gateway.memoryKibibytes("VmRSS");

    for (int i = 0; i < many; i++) {
      say(opened(RawWs.open(gateway.port(), "/", DEFLATE)));
    }

    assertThat((gateway.memoryKibibytes("VmRSS") - before) / (double) many)
        .as("KiB of each")
        .isLessThan(40);
    assertClean(load(gateway));
  }

  private static void say(RawWs raw) throws IOException {
    raw.text("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}");
    assertThat(raw.message()).contains("0x1");
  }

  @Test
  void clientsNoticeNothingOfManyWhoAskForTheMetricsAndDoNotReadThem() throws IOException {
    GatewayProcess gateway = opened(GatewayProcess.before(providers).start()).awaitReady();
    String get = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < 50; i++) {
      opened(RawHttp.connect(gateway.managementPort())).send(get);
    }

    assertClean(load(gateway));

    assertThat(gateway.managementText("/metrics")).contains("jeth_requests_total");
  }

  private static int ask(RawHttp raw) throws IOException {
    return raw.send(ASK).readResponse(SOON).map(HttpMessage::status).orElse(0);
  }

  private static double connections(GatewayProcess gateway) {
    return gateway
        .managementText("/metrics")
        .lines()
        .filter(line -> line.startsWith("jeth_http_connections "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static LoadReport load(GatewayProcess gateway) {
    return OpenLoop.on(gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
        .run(Duration.ofSeconds(2));
  }

  private static void assertClean(LoadReport report) {
    assertThat(report.failed().stream().limit(5)).as("%s", report).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
    assertThat(report.latency(99)).as("%s", report).isLessThan(Duration.ofSeconds(1));
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}

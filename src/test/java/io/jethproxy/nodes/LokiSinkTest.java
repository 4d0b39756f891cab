package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeLoki;
import io.jethproxy.testing.FakeLoki.Manner;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real program with a log of each request that is shipped to Loki: no client notices. */
@Timeout(120)
class LokiSinkTest {

  private static final int PER_SECOND = 200;
  private static final Duration LENGTH = Duration.ofSeconds(2);

  @TempDir private Path directory;
  private FakeProvider provider;
  private FakeLoki loki;
  private GatewayProcess gateway;

  /** How Loki is, and how that is counted. */
  enum Loki {
    DOWN(FakeLoki.WELL, "unreachable"),
    SILENT(FakeLoki.SILENT, "timeout"),
    THROTTLING(FakeLoki.status("429 Too Many Requests", "Retry-After: 1"), "throttled"),
    BROKEN(FakeLoki.status("500 Internal Server Error"), "status"),
    GARBAGE(FakeLoki.GARBAGE, "broken"),
    HUGE(FakeLoki.HUGE, "status");

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Manner manner;

    private final String cause;

    Loki(Manner manner, String cause) {
      this.manner = manner;
      this.cause = cause;
    }
  }

  @BeforeEach
  void start() {
    provider = FakeProvider.start();
    loki = FakeLoki.start();
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    loki.close();
    provider.close();
  }

  private GatewayProcess.Builder shippingTo(String url) {
    return GatewayProcess.before(provider)
        .yaml(directory.resolve("gateway.yaml"), "drainSeconds: 0\n")
        .set("LOG_LEVEL", "DEBUG")
        .set("LOKI_URL", url);
  }

  @Test
  void shipsALineForEachRequestAndTheLastOnesWhenItStops() throws InterruptedException {
    gateway = shippingTo(loki.url()).start().awaitReady();

    assertServesWell();
    gateway.terminate();

    assertThat(gateway.exitCode()).isZero();
    assertThat(loki.refusals()).isEmpty();
    assertThat(loki.text().lines().filter(line -> line.contains("method=eth_gasPrice")))
        .hasSize((int) (PER_SECOND * LENGTH.toSeconds()));
    assertThat(loki.text()).contains("listens on").contains("stopped");
    assertThat(loki.entries())
        .filteredOn(entry -> "eth_gasPrice".equals(entry.metadata().get("method")))
        .allSatisfy(entry ->
            assertThat(entry.labels()).containsOnlyKeys("application", "level", "network"));
  }

  @ParameterizedTest
  @EnumSource(Loki.class)
  void servesWhateverLokiIsLike(Loki is) throws InterruptedException {
    loki.behave(is.manner);
    gateway = shippingTo(loki.url()).start().awaitReady();
    if (is == Loki.DOWN) {
      loki.close();
    }

    assertServesWell();

    gateway.await("counted", () -> metric("jeth_loki_failed_pushes_total{cause=\"" + is.cause) > 0);
    assertThat(metric("jeth_loki_sent_lines_total")).isZero();
    assertThat(metric("jeth_loki_dropped_lines_total{reason=\"full\"")).isZero();
    assertThat(metric("jeth_loki_queue_bytes")).isBetween(100_000.0, 8.0 * (1 << 20));
    assertThat(metric("jeth_log_dropped_total")).isZero();
    long begin = System.nanoTime();
    gateway.terminate();
    assertThat(gateway.exitCode()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    assertThat(gateway.printed()).contains("log lines had not been shipped to Loki");
  }

  @Test
  void shipsNothingToALokiWhoseCertificateIsNotTrusted() throws Exception {
    try (WrongCertificate wrong = WrongCertificate.start(directory)) {
      gateway = shippingTo("https://127.0.0.1:" + wrong.port()).start().awaitReady();

      gateway.await("counted", () -> metric("jeth_loki_failed_pushes_total{cause=\"tls") > 1);
      gateway.await("said", () -> gateway.printed().contains("cannot ship to Loki: tls"));
      assertThat(metric("jeth_loki_sent_lines_total")).isZero();
    }
  }

  private void assertServesWell() {
    LoadReport report =
        OpenLoop.on(gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
            .run(LENGTH);

    assertThat(report.failed().stream().limit(10)).as("%s", report).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
    assertThat(report.latency(99)).as("%s", report).isLessThan(Duration.ofSeconds(1));
  }

  private double metric(String beginning) {
    return gateway
        .managementText("/metrics")
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}

package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.RpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program with a log of each request and a sink in trouble: no client notices. */
@Timeout(120)
class LogSinkTest {

  private static final int PER_SECOND = 200;
  private static final Duration LENGTH = Duration.ofSeconds(2);
  private static final String BATCH =
      IntStream.range(0, 100)
          .mapToObj("{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"eth_chainId\"}"::formatted)
          .collect(Collectors.joining(",", "[", "]"));

  @TempDir private Path directory;
  private FakeProvider provider;
  private GatewayProcess gateway;

  @BeforeEach
  void startProvider() {
    provider = FakeProvider.start();
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    provider.close();
  }

  @Test
  void servesWhileTheDiskOfItsLogIsFull() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "no /dev/full here");
    gateway = logging().set("LOG_FILE", full.toString()).start().awaitReady();

    assertServesWell();

    assertThat(droppedLines()).isPositive();
  }

  @Test
  void servesWhileItsLogFileIsDeletedAndWritesANewOne() throws IOException {
    Path file = directory.resolve("jeth-proxy.log");
    gateway = logging().set("LOG_FILE", file.toString()).start().awaitReady();
    assertServesWell();
    assertThat(file).isNotEmptyFile();

    Files.delete(file);
    assertServesWell();

    gateway.await("a new log file", () -> isWritten(file));
    assertThat(droppedLines()).isZero();
  }

  @Test
  void servesWhileNobodyReadsItsOutput() {
    gateway = logging().unread().start().awaitReady();
    try (RpcClient client = gateway.client()) {
      gateway.await(
          "its pipe and its queue are full",
          () -> client.post(BATCH).status() == 200 && droppedLines() > 0);
    }

    assertServesWell();
  }

  private GatewayProcess.Builder logging() {
    return GatewayProcess.before(provider).set("LOG_LEVEL", "DEBUG");
  }

  private void assertServesWell() {
    LoadReport report =
        OpenLoop.on(gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
            .run(LENGTH);

    assertThat(report.failed().stream().limit(10)).as("%s", report).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
    assertThat(report.latency(99)).as("%s", report).isLessThan(Duration.ofSeconds(1));
  }

  private long droppedLines() {
    return gateway
        .managementText("/metrics")
        .lines()
        .filter(line -> line.startsWith("jeth_log_dropped_total "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static boolean isWritten(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.BlackHole;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows T17 and T18: names of providers that cannot be looked up, change or have an address that is
 * dead. The real program, with a file of names of its own instead of the system's.
 */
@Timeout(150)
class NamesTest {

  private static final int PER_SECOND = 100;

  @TempDir private Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  void followsNamesToTheirAddressesAndKeepsTheOldOneOfANameThatIsGone() throws IOException {
    FakeProvider first = opened(FakeProvider.start());
    FakeProvider second = opened(FakeProvider.start());
    FakeProvider steady = opened(FakeProvider.start());
    FakeProvider unknown = opened(FakeProvider.start());
    opened(Door.at("127.0.0.2", first.port(), second.port()));
    names("127.0.0.1 moving.example", "127.0.0.1 steady.example");
    GatewayProcess gateway =
        start(
            at("moving.example", first),
            at("steady.example", steady),
            at("unknown.example", unknown));
    assertClean(load(gateway, 1));
    assertThat(of(gateway, "p3", "cause")).isEqualTo("dns");

    names("127.0.0.2 moving.example", "127.0.0.1 unknown.example");
    first.kill();
    steady.closeEvery(1); // so that its address is needed all the time
    LoadReport report =
        OpenLoop.on(gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
            .runWhile(() -> second.count("eth_gasPrice") < 5);
    int asked = steady.count("eth_gasPrice");
    int connections = steady.connectionsAccepted();
    LoadReport after = load(gateway, 2);

    assertClean(report);
    assertClean(after);
    assertThat(unknown.count("eth_gasPrice")).isPositive();
    assertThat(of(gateway, "p3", "state")).isEqualTo("healthy");
    assertThat(steady.count("eth_gasPrice")).isGreaterThan(asked);
    assertThat(steady.connectionsAccepted()).isGreaterThan(connections);
  }

  @Test
  void takesTheNextAddressSoonWhenTheFirstIsDead() throws IOException {
    FakeProvider provider = opened(FakeProvider.start()).closeEvery(1);
    opened(deadSixth(provider.port()));
    names("::1 dual.example", "127.0.0.1 dual.example");
    GatewayProcess gateway = start(at("dual.example", provider));

    LoadReport report = load(gateway, 3);

    assertClean(report);
    assertThat(report.latency(50)).isLessThan(Duration.ofMillis(100));
    assertThat(report.latency(100)).isLessThan(Duration.ofSeconds(1));
  }

  /** The same port of the IPv6 loopback address, where nothing answers. */
  private static BlackHole deadSixth(int port) {
    try (Socket probe = new Socket()) {
      probe.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    } catch (IOException e) {
      Assumptions.abort("no IPv6 here: " + e);
    }
    return BlackHole.at("::1", port);
  }

  // What the tests share.

  private static String at(String name, FakeProvider provider) {
    return "http://" + name + ":" + provider.port();
  }

  /** Replaces all names that the program can look up. */
  private void names(String... lines) throws IOException {
    Path written = Files.writeString(directory.resolve("next"), String.join("\n", lines) + "\n");
    Files.move(written, hosts(), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path hosts() {
    return directory.resolve("hosts");
  }

  private GatewayProcess start(String... urls) {
    // Without a cache, so that each call reaches a provider.
    StringBuilder yaml = new StringBuilder("chain: {cacheMebibytesMax: 0}\nproviders:\n");
    for (int i = 0; i < urls.length; i++) {
      yaml.append("  - {id: p%d, network: mainnet, url: '%s'}\n".formatted(i + 1, urls[i]));
    }
    return opened(
            GatewayProcess.builder()
                .yaml(directory.resolve("jeth.yaml"), yaml.toString())
                .set(
                    "JAVA_TOOL_OPTIONS",
                    "-Djava.net.preferIPv6Addresses=true -Djdk.net.hosts.file=" + hosts())
                .start())
        .awaitReady();
  }

  private static LoadReport load(GatewayProcess gateway, int seconds) {
    return OpenLoop.on(gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
        .run(Duration.ofSeconds(seconds));
  }

  private static void assertClean(LoadReport report) {
    assertThat(report.failed().stream().limit(5)).as("%s", report).isEmpty();
    assertThat(report.wrongIds()).isEmpty();
  }

  private static String of(GatewayProcess gateway, String id, String member) {
    String status = gateway.managementText("/status");
    return status
        .substring(status.indexOf("\"id\":\"" + id + '"'))
        .replaceFirst("(?s)^.*?\"" + member + "\":\"(\\w+)\".*$", "$1");
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}

package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Canaries;
import io.jethproxy.testing.CanaryHunt;
import io.jethproxy.testing.FakeLoki;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RpcClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program in front of a provider that repeats its key, with and without bodies logged. */
@Timeout(120)
class LoggedBodiesTest {

  private static final Canaries CANARIES = Canaries.ofSuite();
  private static final String TRANSACTION = "02f8" + "c0ffee".repeat(40);
  private static final String ADDRESS = "0x00000000000000000000000000000000000b0d1e";

  @TempDir private Path directory;
  private FakeProvider provider;
  private FakeLoki loki;

  @BeforeEach
  void start() {
    loki = FakeLoki.start();
    provider = FakeProvider.start();
    String echo = "as for key " + CANARIES.pathKey() + " at " + url();
    provider.on("vendor_balance").answer("{\"see\":\"" + echo + "\",\"balance\":\"0x2a\"}");
    provider.on("eth_call").error(-32000, "no: " + echo, "\"" + echo + "\"");
    provider.on("eth_sendRawTransaction").error(-32000, "bad transaction 0x" + TRANSACTION);
  }

  @AfterEach
  void stop() {
    provider.close();
    loki.close();
  }

  private String url() {
    return "http://127.0.0.1:%d/v2/%s?apikey=%s"
        .formatted(provider.port(), CANARIES.pathKey(), CANARIES.queryKey());
  }

  /** What it printed of these calls, from its start to its end. */
  private String printed(String bodies) throws InterruptedException {
    GatewayProcess.Builder builder =
        GatewayProcess.before(url())
            .yaml(directory.resolve("gateway.yaml"), "drainSeconds: 0\n")
            .set("LOG_LEVEL", "DEBUG")
            .set("LOKI_URL", loki.url());
    if (!bodies.isEmpty()) {
      builder.set("LOG_BODIES", bodies);
    }
    try (GatewayProcess gateway = builder.start().awaitReady();
        RpcClient client = gateway.client()) {
      client.call("vendor_balance", "[\"" + ADDRESS + "\",\"latest\"]");
      client.call("eth_call", "[{\"to\":\"" + ADDRESS + "\"},\"latest\"]");
      client.call("eth_sendRawTransaction", "[\"0x" + TRANSACTION + "\"]");
      client.call("eth_sendPrivateTransaction", "[{\"tx\":\"0x" + TRANSACTION + "\"}]");
      gateway.terminate();
      assertThat(gateway.exitCode()).isZero();
      return gateway.printed();
    }
  }

  @Test
  void showsBodiesWithoutSecretsAndTransactionsToThoseWhoAsk() throws InterruptedException {
    String printed = printed("true");

    assertThat(printed)
        .contains("params=\"[\\\"" + ADDRESS)
        .contains("\\\"balance\\\":\\\"0x2a\\\"");
    assertThat(printed).contains("as for key ***").contains("error=\"no: as for key ***");
    assertThat(printed)
        .containsPattern("method=eth_sendRawTransaction .* transaction=0x[0-9a-f]{64} ");
    assertThat(loki.text()).contains(ADDRESS).contains("as for key ***");
    assertThat(loki.entries())
        .filteredOn(entry -> "vendor_balance".equals(entry.metadata().get("method")))
        .isNotEmpty()
        .allSatisfy(entry -> {
          assertThat(entry.labels()).containsOnlyKeys("application", "level", "network");
          assertThat(entry.metadata().get("params")).contains(ADDRESS);
        });
    CanaryHunt hunt = CanaryHunt.ofSuite();
    hunt.look("stdout", printed);
    hunt.look("Loki", loki.entries().toString());
    hunt.assertNone();
    assertThat(printed + loki.entries()).doesNotContain("c0ffeec0ffee");
  }

  @Test
  void showsNoneUnlessAsked() throws InterruptedException {
    for (String bodies : new String[] {"", "false"}) {
      assertThat(printed(bodies))
          .contains("method=vendor_balance")
          .doesNotContain(ADDRESS, "0x2a", "params", "as for key", "transaction=");
    }
    assertThat(loki.entries().toString()).contains("vendor_balance").doesNotContain(ADDRESS);
  }
}

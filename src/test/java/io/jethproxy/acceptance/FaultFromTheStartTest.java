package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.Logging;
import io.jethproxy.observe.Secrets;
import io.jethproxy.testing.Canaries;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RunningGateway;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/** Providers that fail before they have told their chain: operators are told which and why. */
@Isolated("the root logger belongs to the whole JVM")
class FaultFromTheStartTest {

  private static final String METRIC = "jeth_provider_unidentified";
  private static final String REFUSAL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"Must be authenticated!\"}}";

  private final FakeTicker ticker = new FakeTicker();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private Logging logging() {
    return Logging.start(Logging.Config.DEFAULT, new Secrets(), printed, InstantSource.system());
  }

  private RunningGateway before(FakeProvider provider, String more) {
    String url = provider.urlWithSecrets(Canaries.ofSuite());
    return RunningGateway.builder()
        .yaml("providers:\n  - id: p1\n    url: \"%s\"\n%s".formatted(url, more))
        .ticker(ticker)
        .notAwaitingReady()
        .start();
  }

  /** The log is written by a thread of its own: what it says once there are as many lines. */
  private List<String> lines(RunningGateway gateway, int atLeast) {
    gateway.awaitAtThisMoment(() -> lines().size() >= atLeast, atLeast + " lines");
    return lines();
  }

  /** What the log says of the state of the provider, without the time. */
  private List<String> lines() {
    return printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("provider is "))
        .map(line -> line.substring(line.indexOf(" ") + 1).strip().replaceAll(" +", " "))
        .toList();
  }

  private static JsonNode unidentified(RunningGateway gateway) {
    return gateway.management().get("/status").json().path("unidentified");
  }

  private static void awaitCause(RunningGateway gateway, String cause) {
    gateway.await(
        () -> unidentified(gateway).path(0).path("cause").asString("").equals(cause),
        "the cause is " + cause);
  }

  private static String metrics(RunningGateway gateway) {
    return gateway.management().get("/metrics").text();
  }

  private void pass(RunningGateway gateway, FakeProvider provider, int seconds) {
    for (int i = 0; i < seconds; i++) {
      gateway.settle(provider);
      ticker.advanceMillis(1_000);
    }
    gateway.settle(provider);
  }

  private void assertNoAddress(FakeProvider provider) {
    Canaries canaries = Canaries.ofSuite();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .doesNotContain("http:", "127.0.0.1", ":" + provider.port())
        .doesNotContain(canaries.user(), canaries.password())
        .doesNotContain(canaries.pathKey(), canaries.queryKey());
  }

  @Test
  void aKeyThatIsRefusedFromTheStartIsAnAlarmOnceAndNewsWhenItIsTaken() {
    try (FakeProvider provider = FakeProvider.start().always().status(401, REFUSAL);
        Logging _ = logging();
        RunningGateway gateway = before(provider, "")) {
      awaitCause(gateway, "auth");
      pass(gateway, provider, 30);

      JsonNode only = unidentified(gateway);
      assertThat(only).hasSize(1);
      assertThat(only.path(0).path("id").asString()).isEqualTo("p1");
      assertThat(only.path(0).path("sinceMillis").asLong()).isBetween(29_000L, 40_000L);
      assertThat(gateway.client().get("/ready").json().path("reason").asString())
          .isEqualTo("no provider has told its chain yet: p1 (auth)");
      assertThat(metrics(gateway)).contains(METRIC + "{cause=\"auth\",provider=\"p1\"} 1");
      assertThat(lines(gateway, 1))
          .singleElement()
          .asString()
          .endsWith(
              "ERROR fleet provider is unidentified network=\"\" provider=p1 from=unidentified"
                  + " to=unidentified reason=auth");

      provider.forgetScript();
      gateway.awaitReady();
      assertThat(unidentified(gateway)).isEmpty();
      assertThat(metrics(gateway)).doesNotContain(METRIC + "{");
      assertThat(lines(gateway, 2).getLast())
          .contains("INFO fleet provider is healthy network=mainnet provider=p1 from=unidentified");
      assertNoAddress(provider);
    }
  }

  @Test
  void whoRefusesConnectionsIsAWarningAndAnotherReasonAnotherLine() {
    try (FakeProvider provider = FakeProvider.start();
        Logging _ = logging()) {
      provider.kill();
      try (RunningGateway gateway = before(provider, "")) {
        awaitCause(gateway, "unreachable");
        assertThat(lines(gateway, 1))
            .singleElement()
            .asString()
            .contains("WARN fleet provider is unidentified")
            .endsWith("reason=unreachable");

        provider.always().status(402, "payment required");
        provider.revive();
        awaitCause(gateway, "billing");
        assertThat(lines(gateway, 2))
            .hasSize(2)
            .last()
            .asString()
            .contains("ERROR fleet provider is unidentified")
            .endsWith("reason=billing");

        provider.forgetScript();
        gateway.awaitReady();
        assertThat(lines(gateway, 3))
            .hasSize(3)
            .last()
            .asString()
            .contains("INFO fleet provider is healthy");
        assertNoAddress(provider);
      }
    }
  }

  @Test
  void aProviderOfAConfiguredNetworkIsToldOfWithItsNetwork() {
    try (FakeProvider provider = FakeProvider.start().always().status(401, REFUSAL);
        Logging _ = logging();
        RunningGateway gateway = before(provider, "    network: mainnet\n")) {
      awaitCause(gateway, "auth");

      assertThat(lines(gateway, 1))
          .singleElement()
          .asString()
          .contains("ERROR fleet provider is unidentified network=mainnet provider=p1")
          .endsWith("reason=auth");
      assertThat(gateway.client().get("/ready").json().path("reason").asString())
          .isEqualTo("no provider in use: p1 (auth)");
    }
  }

  @Test
  void whoTellsNoChainIdIsAWarning() {
    try (FakeProvider provider = FakeProvider.start().on("eth_chainId").answer("\"0x0\"");
        Logging _ = logging();
        RunningGateway gateway = before(provider, "")) {
      awaitCause(gateway, "wrong_answer");

      assertThat(lines(gateway, 1))
          .singleElement()
          .asString()
          .contains("WARN fleet provider is unidentified")
          .endsWith("reason=wrong_answer");
    }
  }
}

package io.jethproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pins what users rely on: every key, every variable, every default. */
class ConfigDefaultsTest {

  private static final Path PROJECT = Path.of(System.getProperty("project.directory", "."));

  @Test
  void everyKeyVariableAndDefaultIsAsPromised() {
    List<String> lines = new ArrayList<>();
    for (Schema.Entry entry : Schema.entries()) {
      if (!(entry.defaultValue() instanceof Record nested && Schema.hasKeys(nested))) {
        String env = entry.key().env().isEmpty() ? "" : " (" + entry.key().env() + ")";
        lines.add(entry.path() + env + " = " + entry.defaultValue());
      }
    }

    assertThat(lines)
        .containsExactly(
            "server.host (HOST) = 0.0.0.0",
            "server.port (PORT) = 8000",
            "server.bodyBytesMax = 1048576",
            "server.inflatedBytesMax = 4194304",
            "server.batchItemsMax = 100",
            "server.connectionsMax = 10000",
            "server.idleTimeoutSeconds = 60",
            "server.headerTimeoutSeconds = 5",
            "server.bodyTimeoutSeconds = 10",
            "server.cors.origins = []",
            "server.webSocket.messageBytesMax = 1048576",
            "server.webSocket.callsMax = 256",
            "server.webSocket.unsentBytesMax = 4194304",
            "server.webSocket.perAddressMax = 1000",
            "management.host (MANAGEMENT_HOST) = 127.0.0.1",
            "management.port (MANAGEMENT_PORT) = 8001",
            "requests.timeoutSeconds (TIMEOUT_SECONDS) = 5.0",
            "requests.requestTimeoutSeconds (REQUEST_TIMEOUT_SECONDS) = 10.0",
            "requests.longRequestTimeoutSeconds = 60.0",
            "requests.hedging = true",
            "requests.retryBudget = 0.2",
            "requests.responseBytesMax = 134217728",
            "requests.exposeTraceMethods = false",
            "chain.agree = 2",
            "chain.blocksMin = 128",
            "chain.receipts = DEMAND",
            "chain.receiptMebibytesMax = 64",
            "chain.cacheMebibytesMax = 128",
            "filters.max = 10000",
            "filters.perCallerMax = 10000",
            "filters.idleSeconds = 300",
            "subscriptions.max = 100000",
            "subscriptions.perConnectionMax = 1000",
            "logs.rangeBlocksMax = 100000",
            "logs.partsMax = 1000",
            "logs.checkBlooms = false",
            "surveys = true",
            "drainSeconds = 10",
            "logging.level (LOG_LEVEL) = INFO",
            "logging.file (LOG_FILE) = Optional.empty",
            "logging.format (LOG_FORMAT) = TEXT",
            "logging.loki.url (LOKI_URL) = Optional.empty",
            "logging.loki.user (LOKI_USER) = Optional.empty",
            "logging.loki.password (LOKI_PASSWORD) = Optional.empty",
            "logging.loki.tenant (LOKI_TENANT) = Optional.empty",
            "logging.loki.structuredMetadata = true",
            "providers (RPC_PROVIDERS_HTTP) = []",
            "providers[].id = ",
            "providers[].url = ***",
            "providers[].ws = Optional.empty",
            "providers[].network = Optional.empty",
            "providers[].group = Optional.empty",
            "providers[].tier = PRIMARY",
            "providers[].weight = 100",
            "providers[].headers = {}",
            "providers[].privateTransactions = false",
            "providers[].broadcast = true",
            "providers[].maxConcurrent = 200",
            "providers[].methods.allow = []",
            "providers[].methods.deny = []",
            "providers[].traceContext = false",
            "sockets (RPC_PROVIDERS_WS) = []",
            "defaultNetwork = Optional.empty");
  }

  @Test
  void theExampleShowsEveryKeyAndLoads() throws IOException {
    Path example = PROJECT.resolve("examples/jeth-proxy.yaml");
    Map<String, String> keys = Map.of("ALCHEMY_KEY", "a", "INFURA_KEY", "b");

    Loaded loaded = ConfigLoader.load(keys, Optional.of(example));

    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    assertThat(((Loaded.Ok) loaded).config().notices()).isEmpty();
    String text = Files.readString(example);
    assertThat(Schema.entries().stream().map(Schema.Entry::name))
        .allSatisfy(name -> assertThat(text).contains(name + ":"));
  }

  @Test
  void theValuesOfTheExampleAreTheDefaults() {
    Map<String, String> keys = Map.of("ALCHEMY_KEY", "a", "INFURA_KEY", "b");
    Path example = PROJECT.resolve("examples/jeth-proxy.yaml");

    Config config = ((Loaded.Ok) ConfigLoader.load(keys, Optional.of(example))).config();

    assertThat(config.server()).isEqualTo(Config.Server.DEFAULTS);
    assertThat(config.management()).isEqualTo(Config.Management.DEFAULTS);
    assertThat(config.requests()).isEqualTo(Config.Requests.DEFAULTS);
    assertThat(config.filters()).isEqualTo(Config.Filters.DEFAULTS);
    assertThat(config.subscriptions()).isEqualTo(Config.Subscriptions.DEFAULTS);
    assertThat(config.logging()).isEqualTo(Config.Logging.DEFAULTS);
    assertThat(config.drainSeconds()).isEqualTo(Config.DEFAULTS.drainSeconds());
    assertThat(config.providers().stream().map(ProviderConfig::id))
        .containsExactly("alchemy", "fallback", "relay");
  }

  @Test
  void theExampleOfVariablesLoads() throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (String line : Files.readAllLines(PROJECT.resolve("examples/minimal.env"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        int equals = line.indexOf('=');
        variables.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }

    Loaded loaded = ConfigLoader.load(variables, Optional.empty());

    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    assertThat(((Loaded.Ok) loaded).config().providers()).hasSize(3);
  }
}

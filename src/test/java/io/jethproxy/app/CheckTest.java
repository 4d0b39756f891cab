package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Canaries;
import io.jethproxy.testing.CanaryHunt;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CheckTest {

  private static final Canaries SECRETS = Canaries.ofSuite();

  private final CanaryHunt hunt = CanaryHunt.ofSuite();
  private FakeProvider one;
  private FakeProvider two;
  @TempDir private Path temp;

  @BeforeEach
  void startProviders() {
    one = FakeProvider.start();
    two = FakeProvider.start();
  }

  @AfterEach
  void stopProvidersAndLookForSecrets() {
    one.close();
    two.close();
    hunt.assertNone();
  }

  @Test
  void showsWhatEachProviderCanDoInAlignedColumns() throws IOException {
    two.world().head(997);

    Ran check = check("mainnet", "");

    assertThat(check.status()).isZero();
    assertThat(check.errors()).isEmpty();
    String[] first = check.line("one").split("\\s{2,}");
    assertThat(first).startsWith("one", "ok", "mainnet (1)", "1000", "0");
    assertThat(first)
        .endsWith(
            "-", "archive", "all", "yes", "yes", "-32/-64", "hash,txs,receipts", "Fake/v1.0.0");
    assertThat(first[5]).matches("[0-9.]+ ms");
    assertThat(check.line("two").split("\\s{2,}")).startsWith("two", "ok", "mainnet (1)", "997");
    int column = check.line("provider").indexOf("network");
    assertThat(check.line("one").indexOf("mainnet")).isEqualTo(column);
    assertThat(check.line("two").indexOf("mainnet")).isEqualTo(column);
    assertThat(check.out()).contains("mainnet: 2 providers serve", "would start healthy");
  }

  @Test
  void countsTheLagBehindTheBlockThatTwoProvidersHave() throws IOException {
    try (FakeProvider three = FakeProvider.start()) {
      two.world().head(990);
      three.world().head(1_005);

      Ran check = check("", "  - {id: three, url: '" + three.url() + "'}\n");

      assertThat(check.line("two")).matches("two +ok +mainnet \\(1\\) +990 +10 .*");
      assertThat(check.line("three")).matches("three +ok +mainnet \\(1\\) +1005 +0 .*");
    }
  }

  @Test
  void isContentWhenOneOfTwoProvidersIsDead() throws IOException {
    two.kill();

    Ran check = check("mainnet", "");

    assertThat(check.line("two")).matches("two +unreachable +mainnet \\(1\\) .*");
    assertThat(check.out()).contains("mainnet: 1 provider serves", "would start healthy");
    assertThat(check.status()).isZero();
  }

  @Test
  void failsWhenANetworkThatIsConfiguredHasNoProvider() throws IOException {
    Ran check = check("mainnet", "  - {id: three, url: 'http://127.0.0.1:1', network: base}\n");

    assertThat(check.out()).contains("base: 0 providers serve", "would NOT start healthy");
    assertThat(check.status()).isEqualTo(1);
  }

  @Test
  void failsWhenTheDefaultNetworkHasNoProvider() throws IOException {
    Ran check = checkFile("defaultNetwork: base\n" + providers(""));

    assertThat(check.out()).contains("mainnet: 2 providers serve", "base: 0 providers serve");
    assertThat(check.status()).isEqualTo(1);
  }

  @Test
  void failsWhenNoProviderAnswers() throws IOException {
    one.kill();
    two.always().status(401, "bad key " + SECRETS.pathKey());

    Ran check = check("", "");

    assertThat(check.line("one")).matches("one +unreachable +- .*");
    assertThat(check.line("two")).matches("two +auth +- .*");
    assertThat(check.out()).contains("NOT start healthy: no provider serves.");
    assertThat(check.status()).isEqualTo(1);
  }

  @Test
  void failsWhenAProviderServesAnotherChainThanConfigured() throws IOException {
    two.close();
    two = FakeProvider.start(FakeWorld.ofChain(8453));

    Ran check = check("mainnet", "");

    assertThat(check.line("two")).matches("two +wrong chain +mainnet \\(1\\) .*");
    assertThat(check.out()).contains("two: serves chain 8453 (expected: mainnet (1))");
    assertThat(check.status()).isEqualTo(1);
  }

  @Test
  void findsDepthRangeAndTheRestFromRefusals() throws IOException {
    one.world().head(60_000).hash(60_000); // takes a while
    one.on("eth_getBalance")
        .when(asked -> !asked.params().toString().contains("0xe9e0")) // 60,000 - 128
        .error(-32000, "missing trie node abcd (path ) state is not available");
    one.on("eth_getLogs")
        .when(asked -> !asked.params().toString().contains("0xe9fd")) // the last 100
        .error(-32602, "block range is too wide: limited to 100 blocks");
    one.on("eth_getBlockReceipts").error(-32601, "the method does not exist");

    String[] row = check("", "").line("one").split("\\s{2,}");

    assertThat(row).endsWith("128", "100", "yes", "no", "-32/-64", "hash,txs", "Fake/v1.0.0");
  }

  @Test
  void showsWhichPartsOfABlockAreNotWhatItsHashNames() throws IOException {
    one.world().lieAboutBlock(998);
    two.world().withOwnHeaders();
    two.on("eth_getBlockByNumber")
        .when(asked -> asked.params().contains("finalized"))
        .error(-32602, "tag is not supported");

    Ran check = check("mainnet", "");

    assertThat(check.line("one").split("\\s{2,}")).contains("!hash,txs,receipts");
    assertThat(check.line("two").split("\\s{2,}")).contains("none");
    assertThat(check.line("two")).matches(".*  -32/none  none  .*");
  }

  @Test
  void showsNothingThatAProviderEchoes() throws IOException {
    one.on("web3_clientVersion").answer("\"Geth/" + SECRETS.pathKey() + "/\\u001b[31mred\"");
    two.on("eth_blockNumber").error(-32005, "limit reached for " + SECRETS.queryKey());

    Ran check = check("", "");

    assertThat(check.line("one")).contains("Geth/***/?[31mred");
    assertThat(check.line("two")).matches("two +throttled .*");
  }

  @Test
  void givesAProviderASecondChance() throws IOException {
    one.on("eth_chainId").times(1).status(503, "");
    one.on("eth_blockNumber").times(1).rstAfterRequest();

    assertThat(check("", "").line("one")).startsWith("one       ok");
  }

  @Test
  void endsAlthoughAProviderDoesNotAnswer() throws IOException {
    two.freeze();

    Ran check = checkFile("requests: {timeoutSeconds: 1}\n" + providers(""));

    assertThat(check.line("two")).matches("two +timeout .*");
    assertThat(check.status()).isZero();
  }

  @Test
  void asksNoMoreThanItSays() throws IOException {
    one.world().head(60_000);
    one.on("eth_getBalance").error(-32000, "missing trie node abcd");
    one.on("eth_getLogs").error(-32602, "block range is too wide");
    one.on("eth_chainId").times(1).status(503, "");
    one.on("eth_blockNumber").times(1).status(503, "");

    check("", "");

    assertThat(one.count()).isBetween(15, ProviderProbe.CALLS_MAX);
  }

  @Test
  void agreesWithTheServersStart() throws IOException {
    assertThat(check("", "").status()).isZero();
    assertThat(isServerReady()).isTrue();

    one.kill();
    assertThat(check("", "").status()).isZero();
    assertThat(isServerReady()).isTrue();

    two.on("eth_blockNumber").status(500, "");
    assertThat(check("", "").status()).isEqualTo(1);
    assertThat(isServerReady()).isFalse();
  }

  @Test
  void saysWhichVariablesHaveNoEffectYet() {
    Ran check =
        Ran.in(
            Map.of("RPC_PROVIDERS_HTTP", one.url(), "REDIS_URL", "redis://127.0.0.1:1"), "check");

    assertThat(check.errors()).contains("REDIS_URL is set, but not used yet");
    assertThat(check.status()).isZero();
  }

  @Test
  void saysWhetherTheSocketOfAProviderWouldTellOfBlocks() {
    Ran check =
        Ran.in(
            Map.of(
                "RPC_PROVIDERS_HTTP", one.url() + "," + two.url(), "RPC_PROVIDERS_WS", one.wsUrl()),
            "check");

    assertThat(column(check, "provider-1", "websocket")).isEqualTo("ok");
    assertThat(column(check, "provider-2", "websocket")).isEqualTo("-");
    assertThat(one.asked("eth_subscribe")).hasSize(1);
    assertThat(one.sockets().openNow()).isZero();
    assertThat(check.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"401, auth", "404, no_websocket", "302, no_websocket", "503, busy"})
  void saysWhyASocketIsOfNoUse(int status, String word) {
    one.sockets().refuse(status);

    Ran check =
        Ran.in(Map.of("RPC_PROVIDERS_HTTP", one.url(), "RPC_PROVIDERS_WS", one.wsUrl()), "check");

    assertThat(column(check, "provider-1", "websocket")).isEqualTo(word);
    assertThat(check.status()).as("polling does without").isZero();
  }

  @Test
  void saysWhenASocketHasNoSubscriptions() {
    one.on("eth_subscribe").error(-32601, "the method does not exist");

    Ran check =
        Ran.in(Map.of("RPC_PROVIDERS_HTTP", one.url(), "RPC_PROVIDERS_WS", one.wsUrl()), "check");

    assertThat(column(check, "provider-1", "websocket")).isEqualTo("no_subscription");
  }

  @Test
  void saysThatASocketIsOfAnotherChainThanItsProvider() throws IOException {
    try (FakeProvider other = FakeProvider.start(FakeWorld.ofChain(8453))) {
      Ran check =
          checkFile(
              "providers: [{id: one, url: '%s', ws: '%s'}]".formatted(one.url(), other.wsUrl()));

      assertThat(column(check, "one", "websocket")).isEqualTo("wrong_chain");
    }
  }

  @Test
  void failsWhenAChainHasOnlyASocket() {
    try (FakeProvider other = FakeProvider.start(FakeWorld.ofChain(8453))) {
      Ran check =
          Ran.in(
              Map.of("RPC_PROVIDERS_HTTP", one.url(), "RPC_PROVIDERS_WS", other.wsUrl()), "check");

      assertThat(check.out())
          .contains("socket ws-1: base (8453): ok")
          .contains("base: only a socket; it needs a provider over HTTP to be served")
          .contains("would NOT start healthy");
      assertThat(check.status()).isEqualTo(1);
    }
  }

  /** A cell of the table, by the title above it. */
  private static String column(Ran check, String provider, String title) {
    int at = check.line("provider").indexOf(title);
    return check.line(provider).substring(at).split("\\s{2,}", 2)[0];
  }

  /** Whether a server that starts now becomes ready; false once each provider was asked thrice. */
  private boolean isServerReady() {
    one.forgetAsked();
    two.forgetAsked();
    try (RunningGateway gateway = RunningGateway.before(one, two).notAwaitingReady().start()) {
      boolean[] ready = new boolean[1];
      gateway.await(
          () -> {
            ready[0] = gateway.client().get("/ready").status() == 200;
            return ready[0] || two.count("eth_blockNumber") >= 3;
          },
          "ready, or asked often enough");
      return ready[0];
    }
  }

  private Ran check(String network, String more) throws IOException {
    return checkFile(providers(network) + more);
  }

  private Ran checkFile(String yaml) throws IOException {
    Path file = temp.resolve("jeth-proxy.yaml");
    Files.writeString(file, yaml);
    Ran check = Ran.of("check", "--config", file.toString());
    hunt.look("stdout", check.out());
    hunt.look("stderr", check.errors());
    return check;
  }

  private String providers(String network) {
    String rest = network.isEmpty() ? "" : ", network: " + network;
    return "providers:\n"
        + "  - {id: one, url: '"
        + one.urlWithSecrets(SECRETS)
        + "'"
        + rest
        + ", headers: {X-Key: '"
        + SECRETS.header()
        + "'}}\n"
        + "  - {id: two, url: '"
        + two.urlWithSecrets(SECRETS)
        + "'"
        + rest
        + "}\n";
  }
}

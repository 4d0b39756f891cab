package io.jethproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.Secret;
import io.jethproxy.fleet.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

  private static final String ONE = "providers: [https://one.example/key]\n";

  @TempDir private Path temp;

  @Test
  void namesThreeWaysToStartWhenNothingIsConfigured() {
    Loaded loaded = ConfigLoader.load(Map.of("PATH", "/bin"), Optional.empty());

    assertThat(loaded).isInstanceOf(Loaded.Nothing.class);
    assertThat(((Loaded.Nothing) loaded).message())
        .contains("demo")
        .contains("RPC_PROVIDERS_HTTP")
        .contains("--config FILE");
  }

  @Test
  void guessesTheVariableThatWasMeant() {
    Loaded loaded =
        ConfigLoader.load(Map.of("RPC_PROVIDER_HTTP", "https://a.example"), Optional.empty());

    assertThat(((Loaded.Nothing) loaded).message()).contains("did you mean RPC_PROVIDERS_HTTP?");
  }

  @Test
  void blankVariablesCountAsNotSet() {
    assertThat(ConfigLoader.load(Map.of("RPC_PROVIDERS_HTTP", " ", "PORT", ""), Optional.empty()))
        .isInstanceOf(Loaded.Nothing.class);
  }

  @Test
  void readsAllVariables() {
    Config config =
        ok(
            Map.ofEntries(
                Map.entry("RPC_PROVIDERS_HTTP", "https://a.example"),
                Map.entry("TIMEOUT_SECONDS", "2.5"),
                Map.entry("REQUEST_TIMEOUT_SECONDS", "20"),
                Map.entry("HOST", "::1"),
                Map.entry("PORT", "0"),
                Map.entry("MANAGEMENT_HOST", "0.0.0.0"),
                Map.entry("MANAGEMENT_PORT", "9001"),
                Map.entry("LOG_LEVEL", "debug"),
                Map.entry("LOG_FILE", "/tmp/some.log"),
                Map.entry("LOG_FORMAT", "JSON")));

    assertThat(config.requests().timeoutNanos()).isEqualTo(2_500_000_000L);
    assertThat(config.requests().requestTimeoutSeconds()).isEqualTo(20);
    assertThat(config.server().host()).isEqualTo("::1");
    assertThat(config.server().port()).isZero();
    assertThat(config.management()).isEqualTo(new Config.Management("0.0.0.0", 9001));
    assertThat(config.logging())
        .isEqualTo(
            new Config.Logging(
                Config.Logging.Level.DEBUG,
                Optional.of(Path.of("/tmp/some.log")),
                Config.Logging.Format.JSON,
                LokiConfig.DEFAULTS));
    assertThat(config.notices()).isEmpty();
  }

  @Test
  void toleratesBlanksQuotesNewlinesAndEmptyItemsBetweenUrls() {
    Config config =
        ok(
            Map.of(
                "RPC_PROVIDERS_HTTP",
                "\"https://a.example/1, 'https://b.example/2' ,,\n\thttps://c.example/3\","));

    assertThat(config.providers().stream().map(p -> p.url().reveal()))
        .containsExactly("https://a.example/1", "https://b.example/2", "https://c.example/3");
    assertThat(config.providers().stream().map(ProviderConfig::id))
        .containsExactly("provider-1", "provider-2", "provider-3");
  }

  @Test
  void saysWhichUrlIsWrongWithoutRepeatingIt() {
    List<Problem> problems =
        bad(
            Map.of(
                "RPC_PROVIDERS_HTTP",
                "https://ok.example,user:CANARY@h,wss://CANARY.example,https://CANARY h/%zz,ftp://CANARY,"
                    + "https://u:CANARY@/x,http://a.example:70000/CANARY"));

    assertThat(problems.stream().map(Problem::toString))
        .noneMatch(text -> text.contains("CANARY"))
        .anyMatch(t -> t.contains("item 2 of 8: ") && t.contains("http://… or https://…"))
        .anyMatch(t -> t.contains("item 3 of 8: a WebSocket URL"))
        .anyMatch(t -> t.contains("item 5 of 8: "))
        .anyMatch(t -> t.contains("item 8 of 8: a port out of range"))
        .hasSize(6);
  }

  @Test
  void usesTheSameUrlOnce() {
    Config config = ok(Map.of("RPC_PROVIDERS_HTTP", "https://a.example,https://a.example"));

    assertThat(config.providers()).hasSize(1);
    assertThat(config.notices()).anyMatch(notice -> notice.contains("item 2 is the same as 1"));
  }

  @Test
  void readsASecretFromTheFileThatItsTwinNames() throws IOException {
    Path secret = Files.writeString(temp.resolve("urls"), "https://a.example/KEY\n");

    Config config = ok(Map.of("RPC_PROVIDERS_HTTP_FILE", secret.toString()));
    List<Problem> both =
        bad(Map.of("RPC_PROVIDERS_HTTP_FILE", "x", "RPC_PROVIDERS_HTTP", "https://a.example"));
    List<Problem> missing = bad(Map.of("RPC_PROVIDERS_HTTP_FILE", temp + "/none"));

    assertThat(config.providers().getFirst().url()).isEqualTo(new Secret("https://a.example/KEY"));
    assertThat(both.getFirst().toString()).contains("RPC_PROVIDERS_HTTP_FILE too");
    assertThat(missing.getFirst().toString()).contains("RPC_PROVIDERS_HTTP_FILE: cannot read");
  }

  @Test
  void tellsWhatLaterVersionsWillUse() {
    Config config =
        ok(Map.of("RPC_PROVIDERS_HTTP", "https://a.example", "REDIS_URL", "redis://:KEY@h"));

    assertThat(config.notices())
        .containsExactly("REDIS_URL is set, but not used yet by this version");
  }

  @Test
  void environmentWinsOverTheFile() {
    Map<String, String> environment =
        Map.of("PORT", "9000", "RPC_PROVIDERS_HTTP", "https://two.example");

    Config config = ok(environment, ONE + "server: {port: 7000, host: 127.0.0.1}\n");

    assertThat(config.server().port()).isEqualTo(9000);
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.providers().getFirst().url().reveal()).isEqualTo("https://two.example");
    assertThat(config.notices()).anyMatch(n -> n.contains("replaces the 1 providers of the file"));
  }

  @Test
  void readsAProviderInFull() {
    Config config =
        ok(
            Map.of("KEY", "s3cret"),
            """
            providers:
              - id: mine
                url: https://eth.example/v2/${KEY}?region=${REGION:-eu}
                network: base
                group: own-racks
                tier: secondary
                weight: 50
                headers: {X-Api-Key: "${KEY}"}
                privateTransactions: true
                broadcast: false
                maxConcurrent: 10
                methods: {allow: ["eth_*"], deny: [eth_getLogs]}
                traceContext: true
            """);

    ProviderConfig provider = config.providers().getFirst();
    assertThat(provider)
        .isEqualTo(
            new ProviderConfig(
                "mine",
                new Secret("https://eth.example/v2/s3cret?region=eu"),
                Optional.empty(),
                Optional.of("base"),
                Optional.of("own-racks"),
                Tier.SECONDARY,
                50,
                Map.of("X-Api-Key", new Secret("s3cret")),
                true,
                false,
                10,
                new MethodFilter(Set.of("eth_*"), Set.of("eth_getLogs")),
                true));
    assertThat(provider.toString()).doesNotContain("s3cret").doesNotContain("example");
    assertThat(provider.methods().permits("eth_call")).isTrue();
    assertThat(provider.methods().permits("eth_getLogs")).isFalse();
    assertThat(provider.methods().permits("net_version")).isFalse();
  }

  @Test
  void namesProvidersByVendorAndNeverByHost() {
    Config config =
        ok(
            Map.of(),
            """
            providers:
              - https://eth-mainnet.g.alchemy.com/v2/K
              - https://KEY.quiknode.pro/K
              - https://mainnet.infura.io/v3/K
              - {url: "https://sepolia.infura.io/v3/K"}
              - {url: "https://x.infura.io/v3/K", id: infura-1}
              - https://eth-mainnet.rpc.grove.city/v1/K
              - https://KEY.example.com
              - http://10.0.0.7:8545
              - http://[::1]:8545
            """);

    assertThat(config.providers().stream().map(ProviderConfig::id))
        .containsExactly(
            "alchemy",
            "quicknode",
            "infura-2",
            "infura-3",
            "infura-1",
            "pocket",
            "provider-1",
            "provider-2",
            "provider-3");
    assertThat(config.providers().stream().map(ProviderConfig::vendor))
        .containsExactly(
            "alchemy", "quicknode", "infura", "infura", "infura", "pocket", "", "", "");
  }

  @Test
  void findsTheProvidersThatSocketsBelongTo() {
    Config config =
        ok(
            Map.of(
                "RPC_PROVIDERS_HTTP",
                "https://eth-mainnet.g.alchemy.com/v2/K, http://127.0.0.1:8545,"
                    + " http://10.0.0.7:8545/a, http://10.0.0.7:8545/b",
                "RPC_PROVIDERS_WS",
                "wss://eth-mainnet.g.alchemy.com/v2/K,WSS://eth-mainnet.g.alchemy.com/v2/L,"
                    + "ws://127.0.0.1:8545, ws://127.0.0.1:8546 ws://10.0.0.7:8545/a,"
                    + "wss://base-mainnet.infura.io/ws/v3/K,wss://mainnet.infura.io/ws/v3/K,"
                    + "ws://127.0.0.1:8546"));

    assertThat(config.providerSockets().stream().map(SocketConfig::id))
        .containsExactly(
            "alchemy", "alchemy-ws", "provider-1", "ws-1", "ws-2", "infura-ws", "infura-ws-2");
    assertThat(config.providerSockets().stream().map(each -> each.providerId().orElse("-")))
        .containsExactly("alchemy", "-", "provider-1", "-", "-", "-", "-");
    assertThat(config.notices())
        .containsExactly("RPC_PROVIDERS_WS: item 8 is the same as 4; used once");
    assertThat(config.toString()).doesNotContain("infura.io").doesNotContain("10.0.0.7");
  }

  @Test
  void aSocketBelongsToTheProviderAtTheUsualPortOfTheSameKind() {
    Config config =
        ok(
            Map.of(
                "RPC_PROVIDERS_HTTP",
                "http://plain.example,https://secure.example,https://both.example",
                "RPC_PROVIDERS_WS",
                "ws://plain.example,wss://secure.example,ws://both.example"));

    assertThat(config.providerSockets().stream().map(each -> each.providerId().orElse("-")))
        .containsExactly("provider-1", "provider-2", "-");
  }

  @Test
  void readsTheSocketOfAProviderAndThoseOfNobody() throws IOException {
    Path key = Files.writeString(temp.resolve("ws"), "s3cret\n");

    Config config =
        ok(
            Map.of("WS_KEY_FILE", key.toString()),
            """
            providers:
              - url: https://eth.example
                ws: wss://u:p@eth.example/${WS_KEY}?k=v
                network: mainnet
                headers: {X-Key: s3cret}
            sockets: ["wss://base.example/${WS_KEY}"]
            """);

    assertThat(config.providerSockets())
        .containsExactly(
            new SocketConfig(
                "provider-1",
                new Secret("wss://u:p@eth.example/s3cret?k=v"),
                Map.of("X-Key", new Secret("s3cret")),
                Optional.of("mainnet"),
                Optional.of("provider-1")),
            new SocketConfig(
                "ws-1",
                new Secret("wss://base.example/s3cret"),
                Map.of(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void takesSocketsFromAFileInThePlaceOfThoseOfTheYaml() throws IOException {
    Path urls = Files.writeString(temp.resolve("urls"), "ws://a.example\nws://b.example\n");

    Config config =
        ok(Map.of("RPC_PROVIDERS_WS_FILE", urls.toString()), ONE + "sockets: ['ws://c.example']\n");

    assertThat(config.sockets())
        .containsExactly(new Secret("ws://a.example"), new Secret("ws://b.example"));
    assertThat(config.notices())
        .containsExactly("RPC_PROVIDERS_WS replaces the 1 sockets of the file");
  }

  @Test
  void reportsWhatIsWrongWithSockets() {
    List<Problem> problems =
        bad(
            Map.of("RPC_PROVIDERS_WS", "ws://a.example,https://k3y.example,ws://a:70000,k3y"),
            """
            providers:
              - {url: "http://a", ws: "http://k3y"}
              - {url: "http://b", ws: "ws://k3y/#x"}
              - {url: "ws://k3y"}
              - {url: "http://c", ws: "ws://k3y", privateTransactions: true}
            sockets: ["ws://k3y", "ftp://k3y"]
            """);

    assertThat(problems.stream().map(Problem::toString))
        .containsExactly(
            "environment: RPC_PROVIDERS_WS: item 2 of 4: an HTTP URL; those go to"
                + " RPC_PROVIDERS_HTTP, or to url (expected: ws://… or wss://…)",
            "environment: RPC_PROVIDERS_WS: item 3 of 4: a port out of range (expected: 1..65535)",
            "environment: RPC_PROVIDERS_WS: item 4 of 4: no scheme (expected: ws://… or wss://…)",
            "jeth.yaml:2:27: providers[0].ws: an HTTP URL; those go to RPC_PROVIDERS_HTTP, or to"
                + " url (expected: ws://… or wss://…)",
            "jeth.yaml:3:27: providers[1].ws: a fragment, '#…' (expected: none)",
            "jeth.yaml:4:11: providers[2].url: a WebSocket URL; those go to RPC_PROVIDERS_WS, or to"
                + " ws (expected: http://… or https://…)",
            "jeth.yaml:5:5: providers[3]: ws: given (expected: none, as privateTransactions is set"
                + " and it gets nothing else)",
            "jeth.yaml:6:10: sockets: item 2: not ws (expected: ws://… or wss://…)");
    assertThat(problems.toString()).doesNotContain("k3y");
    assertThat(
            bad(
                Map.of(),
                "providers: [{url: 'http://a', ws: 'ws://a'}, {url: 'http://b', ws: 'ws://a'}]"))
        .extracting(Problem::path)
        .containsExactly("providers[1].ws");
  }

  @Test
  void wantsRoomForALargeAnswerAndForAReplayOnEachWebSocket() {
    assertThat(bad(Map.of(), "server: {webSocket: {unsentBytesMax: 524288}}"))
        .extracting(Problem::toString)
        .anyMatch(problem -> problem.contains("unsentBytesMax: 524288 (expected: 1048576..1073"));
  }

  @Test
  void reportsAllMistakesAtOnceEachWithItsPlace() {
    List<Problem> problems =
        bad(
            Map.of("MANAGEMENT_PORT", "x"),
            """
            server:
              port: 70000
              hots: 127.0.0.1
              batchItemsMax: many
            requests: {hedging: yes, retryBudget: 2}
            port: 1
            providers:
              - url: https://a.example
                wieght: 5
                weight: 0
              - id: b
              - tier: gold
                url: [x]
              - https://c.example
              - 7
            logging: [a]
            server: {}
            """);

    assertThat(problems.stream().map(Problem::toString))
        .containsExactly(
            "environment: MANAGEMENT_PORT: 'x' (expected: a whole number)",
            "jeth.yaml:2:9: server.port: 70000 (expected: 0..65535)",
            "jeth.yaml:3:3: server.hots: unknown key; did you mean host?",
            "jeth.yaml:4:18: server.batchItemsMax: 'many' (expected: a whole number)",
            "jeth.yaml:5:21: requests.hedging: 'yes' (expected: true or false)",
            "jeth.yaml:5:39: requests.retryBudget: 2 (expected: 0..1)",
            "jeth.yaml:6:1: port: unknown key; did you mean server.port?",
            "jeth.yaml:9:5: providers[0].wieght: unknown key; did you mean weight?",
            "jeth.yaml:10:13: providers[0].weight: 0 (expected: 1..1000)",
            "jeth.yaml:11:5: providers[1].url: missing",
            "jeth.yaml:12:11: providers[2].tier: 'gold' (expected: one of primary, secondary,"
                + " backup)",
            "jeth.yaml:13:10: providers[2].url: a list (expected: one value)",
            "jeth.yaml:15:5: providers[4].url: no scheme (expected: http://… or https://…)",
            "jeth.yaml:16:10: logging: a list (expected: keys and values)",
            "jeth.yaml:17:1: server: stands here twice (expected: once)");
  }

  @Test
  void namesAMissingVariable() {
    List<Problem> problems = bad(Map.of(), "providers: ['https://a.example/${NO_KEY}']\n");

    assertThat(problems.toString())
        .contains("the variable NO_KEY is not set (expected: a value, or ${NO_KEY:-default})");
  }

  @Test
  void takesAVariablesValueFromItsFile() throws IOException {
    Path key = Files.writeString(temp.resolve("key"), "abc\n");

    Config config =
        ok(Map.of("API_KEY_FILE", key.toString()), "providers: ['https://a.example/${API_KEY}']\n");

    assertThat(config.providers().getFirst().url().reveal()).isEqualTo("https://a.example/abc");
  }

  @Test
  void refusesTagsBombsSecondDocumentsDepthAndSize() {
    String bomb =
        """
        a: &a [x,x,x,x,x,x,x,x,x,x]
        b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
        c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
        d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
        """;

    assertThat(bad(Map.of(), ONE + "x: !!java.net.URL [http://h]").toString()).contains("a tag");
    assertThat(bad(Map.of(), ONE + "defaultNetwork: !!str 1").toString()).contains("a tag");
    assertThat(bad(Map.of(), bomb).toString()).contains("more than 10000 values");
    assertThat(bad(Map.of(), "a: &a [*a]").toString()).contains("more than 10000 values");
    assertThat(bad(Map.of(), ONE + "---\n" + ONE).toString()).contains("a second document");
    assertThat(bad(Map.of(), "[".repeat(100_000)).toString()).contains("nested deeper than 32");
    assertThat(bad(Map.of(), "#".repeat(1 << 21)).toString()).contains("larger than 1048576");
    assertThat(bad(Map.of(), "a: b: c").toString()).contains("jeth.yaml:1:5: not YAML");
    assertThat(bad(Map.of(), "").toString()).contains("providers: none (expected: at least one");
  }

  @Test
  void showsNothingThatMayBeAKey() {
    String key = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";

    List<Problem> problems =
        bad(
            Map.of("PORT", key, "SECRET", key),
            """
            server: {port: %1$s, host: '%1$s/'}
            %1$s: 1
            https://u:%1$s@h: 2
            providers: [{url: '%1$s', id: %1$s, network: '${SECRET}', headers: {'%1$s ': %1$s}}]
            logging: {level: '${SECRET}'}
            """
                .formatted(key));
    List<Problem> broken = bad(Map.of(), "a: *" + key + "\nb: @" + key + "\n");

    assertThat(problems.toString() + broken).doesNotContain(key);
    assertThat(problems).isNotEmpty();
  }

  @Test
  void refusesOnePortForBothListenersAndEqualProviders() {
    assertThat(bad(Map.of("PORT", "8001"), ONE).toString())
        .contains("management.port: 8001 (expected: another than server.port)");
    assertThat(
            bad(
                    Map.of(),
                    "providers: [{id: a, url: 'http://a'}, {id: a, url: 'http://b'}, 'http://a']")
                .stream()
                .map(Problem::path))
        .containsExactly("providers[1].id", "providers[2].url");
  }

  @Test
  void findsTheFileThatTheVariableNamesAndReportsOneThatIsNotThere() throws IOException {
    Path file = Files.writeString(temp.resolve("a.yaml"), ONE);

    Loaded loaded = ConfigLoader.load(Map.of("JETH_CONFIG", file.toString()), Optional.empty());
    Loaded missing = ConfigLoader.load(Map.of(), Optional.of(temp.resolve("none.yaml")));
    Loaded folder = ConfigLoader.load(Map.of(), Optional.of(temp));

    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    assertThat(missing.toString()).contains("none.yaml").contains("no such file");
    assertThat(folder.toString()).contains("cannot be read");
  }

  private static Config ok(Map<String, String> environment) {
    return expect(Loaded.Ok.class, ConfigLoader.load(environment, Optional.empty())).config();
  }

  private static Config ok(Map<String, String> environment, String yaml) {
    return expect(Loaded.Ok.class, read(environment, yaml)).config();
  }

  private static List<Problem> bad(Map<String, String> environment) {
    return expect(Loaded.Bad.class, ConfigLoader.load(environment, Optional.empty())).problems();
  }

  private static List<Problem> bad(Map<String, String> environment, String yaml) {
    return expect(Loaded.Bad.class, read(environment, yaml)).problems();
  }

  private static Loaded read(Map<String, String> environment, String yaml) {
    return ConfigLoader.read(environment, "jeth.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static <L extends Loaded> L expect(Class<L> type, Loaded loaded) {
    assertThat(loaded).isInstanceOf(type);
    return type.cast(loaded);
  }
}

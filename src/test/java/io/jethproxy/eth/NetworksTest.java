package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

  private static final Set<String> QUIRKS =
      Set.of(
          "op-stack",
          "arbitrum",
          "polygon-state-sync",
          "hyperliquid-system-tx",
          "cronos-phantom-tx",
          "hedera-duplicate-receipts",
          "zksync",
          "zkevm",
          "avalanche-unfinalized",
          "pre-confirmed",
          "own-header",
          "dev");

  private final Networks networks = Networks.load();

  @Test
  void namesUnknownChainByItsNumber() {
    Network network = networks.byId(424242);

    assertThat(network).isEqualTo(new Network(424242, "424242", List.of(), 12_000, Set.of()));
    assertThat(networks.named("424242")).contains(network);
    assertThat(networks.named("0x67932")).contains(network);
  }

  @Test
  void knowsAtLeastSeventyNetworks() {
    assertThat(networks.all()).hasSizeGreaterThanOrEqualTo(70);
  }

  @Test
  void hasEveryIdAndEveryNameOnce() {
    List<String> names = new ArrayList<>();
    networks.all().forEach(each -> names.add(each.name()));
    networks.all().forEach(each -> names.addAll(each.aliases()));

    assertThat(names).doesNotHaveDuplicates();
    assertThat(networks.all()).extracting(Network::chainId).doesNotHaveDuplicates();
  }

  @Test
  void hasOnlyPathSafeNamesThatCannotBeNumbers() {
    for (Network network : networks.all()) {
      assertThat(network.name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
      assertThat(network.aliases())
          .allSatisfy(alias -> assertThat(alias).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*"));
    }
  }

  @Test
  void usesOnlyQuirksThatAreExplained() {
    assertThat(networks.all()).allSatisfy(each -> assertThat(QUIRKS).containsAll(each.quirks()));
  }

  @Test
  void hasBlockTimesBetweenTensOfMillisecondsAndMinutes() {
    assertThat(networks.all())
        .allSatisfy(each -> assertThat(each.blockTimeMillis()).isBetween(50, 300_000));
  }

  @ParameterizedTest
  @CsvSource({
    "mainnet, 1",
    "ethereum, 1",
    "eth, 1",
    "eth-mainnet, 1",
    "homestead, 1",
    "sepolia, 11155111",
    "holesky, 17000",
    "hoodi, 560048",
    "base, 8453",
    "base-sepolia, 84532",
    "arbitrum, 42161",
    "arb, 42161",
    "arb1, 42161",
    "arbitrum-nova, 42170",
    "arbitrum-sepolia, 421614",
    "optimism, 10",
    "op, 10",
    "op-sepolia, 11155420",
    "polygon, 137",
    "matic, 137",
    "amoy, 80002",
    "bsc, 56",
    "bnb, 56",
    "bsc-testnet, 97",
    "avalanche, 43114",
    "avax, 43114",
    "fuji, 43113",
    "gnosis, 100",
    "xdai, 100",
    "chiado, 10200",
    "linea, 59144",
    "scroll, 534352",
    "zksync, 324",
    "blast, 81457",
    "mantle, 5000",
    "celo, 42220",
    "sonic, 146",
    "berachain, 80094",
    "unichain, 130",
    "worldchain, 480",
    "ink, 57073",
    "soneium, 1868",
    "mode, 34443",
    "zora, 7777777",
    "fraxtal, 252",
    "metis, 1088",
    "moonbeam, 1284",
    "moonriver, 1285",
    "cronos, 25",
    "aurora, 1313161554",
    "kava, 2222",
    "fantom, 250",
    "harmony, 1666600000",
    "klaytn, 8217",
    "kaia, 8217",
    "ronin, 2020",
    "flare, 14",
    "hyperliquid, 999",
    "monad, 143",
    "taiko, 167000",
    "opbnb, 204",
    "polygon-zkevm, 1101",
    "manta, 169",
    "astar, 592",
    "rootstock, 30",
    "pulsechain, 369",
    "etc, 61",
    "abstract, 2741",
    "apechain, 33139",
    "lens, 232",
    "sei, 1329",
    "bob, 60808",
    "swell, 1923",
    "anvil, 31337",
    "hardhat, 31337",
    "ganache, 1337",
    "demo, 1337"
  })
  void knowsTheUsualNames(String name, long chainId) {
    assertThat(networks.named(name)).contains(networks.byId(chainId));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0x1", "0X01", "MainNet", "ETH", "HOMESTEAD"})
  void understandsNumbersAndAnyCase(String segment) {
    assertThat(networks.named(segment).orElseThrow().name()).isEqualTo("mainnet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nowhere",
        "0",
        "0x",
        "0x0",
        "-1",
        "1.0",
        "1e3",
        "0xzz",
        "1x",
        " 1",
        "9223372036854775808",
        "0x8000000000000000",
        "99999999999999999999999",
        "\u0661",
        "1\u0661",
        "ma\u0131nnet"
      })
  void knowsNothingElse(String segment) {
    assertThat(networks.named(segment)).isEmpty();
  }

  @Test
  void understandsTheLargestNumber() {
    assertThat(networks.named("9223372036854775807").orElseThrow().chainId())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tellsTheQuirksOfRollups() {
    assertThat(networks.byId(8453).quirks()).contains("op-stack", "pre-confirmed");
    assertThat(networks.byId(42161).quirks()).contains("arbitrum");
    assertThat(networks.byId(137).quirks()).contains("polygon-state-sync");
    assertThat(networks.byId(1).quirks()).isEmpty();
  }
}

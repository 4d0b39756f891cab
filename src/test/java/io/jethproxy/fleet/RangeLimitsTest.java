package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Keccak;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeLimitsTest {

  private static final long HOUR_MILLIS = 3_600_000;
  private static final OptionalLong NO_HINT = OptionalLong.empty();

  private static final Hash BUSY = filter("busy");
  private static final Hash QUIET = filter("quiet");

  private final HandTicker ticker = new HandTicker();
  private final RangeLimits limits = new RangeLimits(ticker);

  private static Identity provider(String vendor) {
    return new Identity("a", vendor, Tier.PRIMARY, 100, true, false);
  }

  private long max() {
    return limits.blocksMax(provider(""));
  }

  private long max(Hash filter) {
    return limits.blocksMax(provider(""), filter);
  }

  private static Hash filter(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @CsvSource({"infura, 10000", "1rpc, 50", "tenderly, 1000"})
  void knowsWhatVendorsTake(String vendor, long blocks) {
    assertThat(limits.blocksMax(provider(vendor))).isEqualTo(blocks);
    assertThat(limits.blocksMax(provider(vendor), BUSY)).isEqualTo(blocks);
  }

  @Test
  void knowsNoLimitOfOthers() {
    assertThat(max()).isEqualTo(RangeLimits.UNLIMITED);
  }

  @Test
  void believesAHintThatIsLowerAndHalvesOtherwise() {
    limits.refusedRange("a", 10_000, OptionalLong.of(1_000));
    assertThat(max()).isEqualTo(1_000);

    limits.refusedRange("a", 1_000, OptionalLong.of(10_000));
    assertThat(max()).isEqualTo(500);
    limits.refusedRange("a", 1_000, NO_HINT);
    assertThat(max()).isEqualTo(500);
    limits.refusedRange("a", 1, NO_HINT);
    assertThat(max()).isEqualTo(1);
  }

  @Test
  void keepsWhatIsTooManyResultsToThatFilter() {
    limits.refusedResults("a", BUSY, 2_000, NO_HINT);

    assertThat(max(BUSY)).isEqualTo(1_000);
    assertThat(max(QUIET)).isEqualTo(RangeLimits.UNLIMITED);
    assertThat(max()).isEqualTo(RangeLimits.UNLIMITED);
    assertThat(limits.knowsFilters("a")).isTrue();
    assertThat(limits.knowsFilters("b")).isFalse();
  }

  @Test
  void raisesALimitByWhatIsServed() {
    limits.refusedRange("a", 1_000, NO_HINT);
    limits.refusedResults("a", BUSY, 600, NO_HINT);

    limits.served("a", 400);
    assertThat(max()).isEqualTo(500);
    limits.served("a", 800);
    assertThat(max()).isEqualTo(800);
    assertThat(max(BUSY)).isEqualTo(300);
    limits.served("a", QUIET, 400);
    assertThat(max(BUSY)).isEqualTo(300);
    limits.served("a", BUSY, 400);
    assertThat(max(BUSY)).isEqualTo(400);
    limits.served("b", 800);
  }

  @Test
  void remembersABoundedNumberOfFilters() {
    limits.refusedResults("a", BUSY, 2_000, NO_HINT);
    for (int i = 0; i < RangeLimits.FILTERS_MAX; i++) {
      limits.refusedResults("a", filter("other" + i), 2_000, NO_HINT);
    }

    assertThat(max(BUSY)).isEqualTo(RangeLimits.UNLIMITED);
    assertThat(max(filter("other1"))).isEqualTo(1_000);
  }

  @Test
  void letsLimitsGrowAgainAndForgetsThemInTheEnd() {
    limits.refusedRange("a", 2_000, NO_HINT);
    ticker.advanceMillis(HOUR_MILLIS - 1);
    assertThat(max()).isEqualTo(1_000);

    ticker.advanceMillis(HOUR_MILLIS);
    assertThat(max()).isEqualTo(2_000);
    ticker.advanceMillis(20 * HOUR_MILLIS);
    assertThat(max()).isGreaterThan(1_000_000_000);
    ticker.advanceMillis(1_000 * HOUR_MILLIS);
    assertThat(max()).isEqualTo(RangeLimits.UNLIMITED);
  }

  @Test
  void remembersABoundedNumberOfProviders() {
    limits.refusedRange("a", 2, NO_HINT);
    for (int i = 0; i < RangeLimits.PROVIDERS_MAX; i++) {
      limits.refusedRange("other" + i, 2, NO_HINT);
    }

    assertThat(max()).isEqualTo(RangeLimits.UNLIMITED);
  }
}

package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeLimitsTest {

  private static final long HOUR_MILLIS = 3_600_000;
  private static final OptionalLong NO_HINT = OptionalLong.empty();

  private final HandTicker ticker = new HandTicker();
  private final RangeLimits limits = new RangeLimits(ticker);

  private static Identity provider(String vendor) {
    return new Identity("a", vendor, Tier.PRIMARY, 100, true, false);
  }

  private long max(Density density) {
    return limits.blocksMax(provider(""), density);
  }

  @ParameterizedTest
  @CsvSource({"infura, 10000", "1rpc, 50", "tenderly, 1000"})
  void knowsWhatVendorsTake(String vendor, long blocks) {
    assertThat(limits.blocksMax(provider(vendor), Density.ADDRESS)).isEqualTo(blocks);
  }

  @Test
  void knowsNoLimitOfOthers() {
    assertThat(max(Density.EVERYTHING)).isEqualTo(RangeLimits.UNLIMITED);
  }

  @Test
  void believesAHintThatIsLowerAndHalvesOtherwise() {
    limits.refusedRange("a", 10_000, OptionalLong.of(1_000));
    assertThat(max(Density.ADDRESS)).isEqualTo(1_000);

    limits.refusedRange("a", 1_000, OptionalLong.of(10_000));
    assertThat(max(Density.ADDRESS)).isEqualTo(500);
    limits.refusedRange("a", 1_000, NO_HINT);
    assertThat(max(Density.ADDRESS)).isEqualTo(500);
    limits.refusedRange("a", 1, NO_HINT);
    assertThat(max(Density.ADDRESS)).isEqualTo(1);
  }

  @Test
  void keepsWhatIsTooManyResultsApartByDensity() {
    limits.refusedResults("a", Density.EVERYTHING, 2_000, NO_HINT);

    assertThat(max(Density.EVERYTHING)).isEqualTo(1_000);
    assertThat(max(Density.ADDRESS)).isEqualTo(RangeLimits.UNLIMITED);
  }

  @Test
  void raisesALimitByWhatIsServed() {
    limits.refusedRange("a", 1_000, NO_HINT);
    limits.refusedResults("a", Density.ADDRESS, 600, NO_HINT);

    limits.served("a", Density.TOPICS, 400);
    assertThat(max(Density.TOPICS)).isEqualTo(500);
    limits.served("a", Density.TOPICS, 800);
    assertThat(max(Density.TOPICS)).isEqualTo(800);
    assertThat(max(Density.ADDRESS)).isEqualTo(300);
    limits.served("b", Density.TOPICS, 800);
  }

  @Test
  void letsLimitsGrowAgainAndForgetsThemInTheEnd() {
    limits.refusedRange("a", 2_000, NO_HINT);
    ticker.advanceMillis(HOUR_MILLIS - 1);
    assertThat(max(Density.ADDRESS)).isEqualTo(1_000);

    ticker.advanceMillis(HOUR_MILLIS);
    assertThat(max(Density.ADDRESS)).isEqualTo(2_000);
    ticker.advanceMillis(20 * HOUR_MILLIS);
    assertThat(max(Density.ADDRESS)).isGreaterThan(1_000_000_000);
    ticker.advanceMillis(1_000 * HOUR_MILLIS);
    assertThat(max(Density.ADDRESS)).isEqualTo(RangeLimits.UNLIMITED);
  }

  @Test
  void remembersABoundedNumberOfProviders() {
    limits.refusedRange("a", 2, NO_HINT);
    for (int i = 0; i < RangeLimits.PROVIDERS_MAX; i++) {
      limits.refusedRange("other" + i, 2, NO_HINT);
    }

    assertThat(max(Density.ADDRESS)).isEqualTo(RangeLimits.UNLIMITED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | EVERYTHING",
        "{'address':null,'topics':[]} | EVERYTHING",
        "{'address':[],'topics':[null,[]]} | EVERYTHING",
        "{'address':'0x1'} | ADDRESS",
        "{'address':['0x1'],'topics':[null]} | ADDRESS",
        "{'topics':[null,['0x1']]} | TOPICS",
        "{'topics':['0x1'],'address':'0x1'} | ADDRESS_AND_TOPICS",
      })
  void tellsDensityByWhatAFilterNames(String filter, Density density) {
    assertThat(Density.of(RawJson.of(filter.replace('\'', '"')))).isEqualTo(density);
  }
}

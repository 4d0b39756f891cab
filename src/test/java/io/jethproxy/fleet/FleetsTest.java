package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FleetsTest {

  private final HandTicker ticker = new HandTicker();
  private final Provider well = provider("well");
  private final Provider dead = provider("dead");
  private final Fleets fleets =
      new Fleets(List.of(well.identity(), dead.identity()), OptionalLong.empty(), ticker);

  private Provider provider(String id) {
    return new Provider(
        new Identity(id, "", Tier.PRIMARY, 1, true, id.equals("dead")),
        1,
        new ScriptedWire(ticker, id, _ -> ScriptedWire.silence()),
        ticker,
        Tolerance.DEFAULTS,
        new Dice(1),
        (_, _, _, _) -> {});
  }

  @Test
  void doesNotWaitForADeadProviderForEver() {
    well.identified(1);
    fleets.join(Calls.MAINNET, well);
    ticker.advanceMillis(29_000);
    assertThat(fleets.isAwaitingProviders()).isTrue();

    ticker.advanceMillis(1_000);
    assertThat(fleets.isAwaitingProviders()).isFalse();
  }

  @Test
  void waitsAsLongAsNobodyWasIdentified() {
    fleets.join(Calls.MAINNET, well);
    ticker.advanceMillis(3_600_000);
    assertThat(fleets.isAwaitingProviders()).isTrue();

    well.identified(1);
    assertThat(fleets.isAwaitingProviders()).isFalse();
    well.identified(5);
    assertThat(fleets.isAwaitingProviders()).isFalse();
  }

  @Test
  void neverStopsWaitingForThePrivateWay() {
    well.identified(1);
    fleets.join(Calls.MAINNET, well);
    ticker.advanceMillis(3_600_000);

    assertThat(fleets.isAwaitingPrivate()).isTrue();
  }
}

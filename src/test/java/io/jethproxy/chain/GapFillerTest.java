package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GapFillerTest {

  private static final Identity FIRST = new Identity("a", "a", Tier.PRIMARY, 1, true, false);
  private static final Identity SECOND = new Identity("b", "b", Tier.PRIMARY, 1, true, false);

  private final HandTicker ticker = new HandTicker();
  private final Fleets fleets = new Fleets(List.of(FIRST, SECOND), OptionalLong.empty(), ticker);
  private final Map<String, Integer> asked = new HashMap<>();
  private final ChainLog log =
      new ChainLog(new ChainLog.Config(2, 8, 16, 1 << 20, 1 << 20), 12_000_000_000L);
  private final Asking asking =
      new Asking(
          Networks.load().byId(1),
          fleets,
          Methods.load(),
          Provider::id,
          new Expenses(ComputeUnits.load(), ticker));
  private final List<GapFiller> filler = new ArrayList<>();

  private Provider knowingNothing(Identity identity) {
    ScriptedWire wire =
        new ScriptedWire(
            ticker,
            identity.id(),
            method -> {
              asked.merge(method, 1, Integer::sum);
              return ScriptedWire.answer(1);
            });
    Provider provider =
        new Provider(
            identity, 1, wire, ticker, Tolerance.DEFAULTS, new Dice(7), (_, _, _, _) -> {});
    provider.identified(1);
    fleets.join(Calls.MAINNET, provider);
    return provider;
  }

  private void show(Provider provider, Block block) {
    log.show(provider.id(), provider.id(), block, ticker.nanos());
    log.settle(ticker.nanos());
  }

  @Test
  void asksOnceForEachOfTwoRowsThatNobodyHas() {
    Provider one = knowingNothing(FIRST);
    Provider other = knowingNothing(SECOND);
    Block start = MadeBlocks.at(1_000, Hash.ZERO, 0);
    show(one, start);
    show(other, start);
    show(one, MadeBlocks.after(start, 1, 5));
    show(other, MadeBlocks.after(start, 2, 5));
    assertThat(log.gaps()).hasSize(2);

    filler.add(new GapFiller(log, asking, (_, _) -> true, () -> filler.getFirst().fill()));
    filler.getFirst().fill();
    ticker.advanceMillis(60_000);

    assertThat(filler.getFirst().isBusy()).isFalse();
    assertThat(asked.get("eth_getBlockByNumber")).isEqualTo(2 * 2 * 4);
    assertThat(asked.get("eth_getBlockByHash")).isLessThanOrEqualTo(2 * 2 * 2);
  }
}

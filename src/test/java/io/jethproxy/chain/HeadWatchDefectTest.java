package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.ScriptedWire.Fate;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import io.jethproxy.observe.Logging;
import io.jethproxy.observe.Secrets;
import io.jethproxy.rpc.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Defects of the gateway itself while it finds out a provider's chain: logged, and tried again. */
@Isolated("the root logger belongs to the whole JVM")
class HeadWatchDefectTest {

  private static final Identity WHO = new Identity("p", "", Tier.PRIMARY, 1, true, false);

  private final HandTicker ticker = new HandTicker();
  private final Fleets fleets = new Fleets(List.of(WHO), OptionalLong.empty(), ticker);
  private final List<Trouble> untold = new ArrayList<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private int defects;

  private final ScriptedWire wire =
      new ScriptedWire(ticker, "p", method -> number(method.equals("eth_chainId") ? 1 : 100));

  private static Fate number(long number) {
    return new Fate.After(
        1_000_000, new Outcome.Answer(RawJson.of("\"0x%x\"".formatted(number)), "p", true));
  }

  private Provider provider(long chainId) {
    return new Provider(
        WHO, chainId, wire, ticker, Tolerance.DEFAULTS, new Dice(7), (_, _, _, _) -> {});
  }

  private void breakIfDue() {
    if (defects > 0) {
      defects--;
      throw new NoClassDefFoundError("io/jethproxy/Gone");
    }
  }

  private HeadWatch watch(LongFunction<Provider> recruit, Runnable onFollow) {
    Function<io.jethproxy.eth.Network, Sightings> followers =
        _ -> {
          onFollow.run();
          return Sightings.IGNORED;
        };
    return new HeadWatch(
        "p",
        wire,
        OptionalLong.empty(),
        recruit,
        new HeadWatch.Surroundings(
            Networks.load(),
            fleets,
            new Branches(),
            ticker,
            followers,
            new Expenses(ComputeUnits.load(), ticker),
            _ -> false,
            (_, _, cause) -> untold.add(cause)),
        (_, _) -> {});
  }

  private Logging logging() {
    return Logging.start(Logging.Config.DEFAULT, new Secrets(), printed, InstantSource.system());
  }

  private void assertLoggedOnce() {
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("ERROR")
        .contains("a defect while following a provider", "provider=p")
        .contains("NoClassDefFoundError", "io/jethproxy/Gone");
  }

  @Test
  void aClassThatCannotBeLoadedIsLoggedOnceAndTheQuestionsGoOn() {
    defects = 3;
    try (Logging _ = logging()) {
      HeadWatch watch =
          watch(
              chainId -> {
                breakIfDue();
                return provider(chainId);
              },
              () -> {});
      watch.start();
      ticker.advanceMillis(6_000);
      assertThat(watch.unidentified().flatMap(Unidentified::cause)).contains(Trouble.INTERNAL);

      ticker.advanceMillis(12_000);
      assertThat(watch.unidentified()).isEmpty();
      assertThat(fleets.of(1).orElseThrow().provider("p").orElseThrow().head()).isEqualTo(100);
      assertThat(untold).containsExactly(Trouble.INTERNAL);
    }
    assertLoggedOnce();
  }

  @Test
  void aDefectAfterItHasJoinedDoesNotLetItJoinTwice() {
    defects = 3;
    try (Logging _ = logging()) {
      HeadWatch watch = watch(this::provider, this::breakIfDue);
      watch.start();
      ticker.advanceMillis(18_000);

      assertThat(watch.unidentified()).isEmpty();
      assertThat(fleets.of(1).orElseThrow().providers()).hasSize(1);
    }
    assertLoggedOnce();
  }

  @Test
  void aDefectInAPlannedQuestionIsLoggedAndTheQuestionsGoOn() {
    wire.script = _ -> ScriptedWire.trouble(1, Trouble.DNS);
    try (Logging _ = logging()) {
      HeadWatch watch = watch(this::provider, () -> {});
      watch.start();
      ticker.advanceMillis(100);
      defects = 1;
      wire.script =
          method -> {
            breakIfDue();
            return number(method.equals("eth_chainId") ? 1 : 100);
          };
      ticker.advanceMillis(12_000);

      assertThat(watch.unidentified()).isEmpty();
    }
    assertLoggedOnce();
  }
}

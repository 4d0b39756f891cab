package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.ScriptedWire.Fate;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How often a provider is asked for its chain and its head, whatever it answers. */
class HeadWatchTest {

  private static final Fate REFUSED = ScriptedWire.trouble(1, Trouble.UNREACHABLE);
  private static final Fate BROKEN = ScriptedWire.trouble(1, Trouble.BROKEN);
  private static final Identity WHO = new Identity("p", "", Tier.PRIMARY, 1, true, false);

  private final HandTicker ticker = new HandTicker();
  private final long start = ticker.nanos();
  private final Expenses expenses = new Expenses(ComputeUnits.load(), ticker);
  private final List<Long> askedMillis = new ArrayList<>();
  private final List<Trouble> untold = new ArrayList<>();
  private final Fleets fleets = new Fleets(List.of(WHO), OptionalLong.empty(), ticker);
  private ScriptedWire.Script script = method -> number(method.equals("eth_chainId") ? 1 : 100);

  private final ScriptedWire wire =
      new ScriptedWire(
          ticker,
          "p",
          method -> {
            askedMillis.add((ticker.nanos() - start) / 1_000_000);
            return script.fate(method);
          });

  private Provider provider = provider(1);

  private Provider provider(long chainId) {
    return new Provider(
        WHO, chainId, wire, ticker, Tolerance.DEFAULTS, new Dice(7), (_, _, _, _) -> {});
  }

  private HeadWatch watch(OptionalLong configuredChain) {
    HeadWatch watch =
        new HeadWatch(
            "p",
            wire,
            configuredChain,
            chainId -> {
              provider = provider(chainId);
              return provider;
            },
            new HeadWatch.Surroundings(
                Networks.load(),
                fleets,
                new Branches(),
                ticker,
                _ -> Sightings.IGNORED,
                expenses,
                _ -> false,
                (_, _, cause) -> untold.add(cause)),
            (_, _) -> {});
    watch.start();
    ticker.advanceMillis(1_000);
    return watch;
  }

  private static Fate number(long number) {
    return new Fate.After(
        1_000_000, new Outcome.Answer(RawJson.of("\"0x%x\"".formatted(number)), "p", true));
  }

  @Test
  void saysWhatItCostsADayOncePaceIsSteady() {
    watch(OptionalLong.of(1));
    ticker.advanceMillis(3_600_000);
    askedMillis.clear();
    ticker.advanceMillis(3_600_000);

    DailyCost cost = expenses.of("p");
    assertThat((double) cost.requestsPerDay())
        .isCloseTo(24.0 * askedMillis.size(), withPercentage(2));
    assertThat(cost.computeUnitsPerDay())
        .isBetween(9 * cost.requestsPerDay(), 10 * cost.requestsPerDay());
    assertThat(expenses.of("q")).isEqualTo(DailyCost.NOTHING);
  }

  @Test
  void costsNothingMoreSoonAfterItHasStopped() {
    HeadWatch watch = watch(OptionalLong.of(1));
    ticker.advanceMillis(3_600_000);
    long before = expenses.of("p").requestsPerDay();

    watch.stop();
    ticker.advanceMillis(3_600_000);

    assertThat(before).isPositive();
    assertThat(expenses.of("p").requestsPerDay()).isLessThan(before / 100);
  }

  private int mostAskedInAnySecond() {
    return askedMillis.stream()
        .mapToInt(from ->
            (int) askedMillis.stream().filter(at -> at >= from && at < from + 1_000).count())
        .max()
        .orElse(0);
  }

  private static Fate version(String text) {
    return new Fate.After(
        1_000_000, new Outcome.Answer(RawJson.of("\"%s\"".formatted(text)), "p", true));
  }

  private ScriptedWire.Script withoutChainId(Fate version) {
    return method ->
        switch (method) {
          case "eth_chainId" -> ScriptedWire.trouble(1, Trouble.METHOD_CLOSED);
          case "net_version" -> version;
          default -> number(100);
        };
  }

  @Test
  void aConfiguredProviderWithoutChainIdIsIdentifiedByItsVersion() {
    script = withoutChainId(version("1"));
    watch(OptionalLong.of(1));
    askedMillis.clear();
    ticker.advanceMillis(60_000);

    assertThat(provider.standing(Calls.BALANCE).isReady()).isTrue();
    assertThat(provider.head()).isEqualTo(100);
    assertThat(askedMillis).hasSizeLessThan(60);
  }

  @Test
  void aConfiguredProviderThatTellsNeitherIsTakenAtTheConfigurationsWord() {
    script = withoutChainId(ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    watch(OptionalLong.of(1));

    assertThat(provider.standing(Calls.BALANCE).isReady()).isTrue();
    assertThat(provider.head()).isEqualTo(100);
  }

  @Test
  void aConfiguredProviderWhoseVersionIsAnothersIsNotAsked() {
    script = withoutChainId(version("10"));
    watch(OptionalLong.of(1));
    ticker.advanceMillis(60_000);

    assertThat(provider.standing(Calls.BALANCE).reason()).isEqualTo(Reason.UNIDENTIFIED);
    assertThat(untold).containsExactly(Trouble.WRONG_CHAIN);
    script = method -> number(method.equals("eth_chainId") ? 1 : 100);
    ticker.advanceMillis(6_000);
    assertThat(provider.standing(Calls.BALANCE).isReady()).isTrue();
  }

  @Test
  void aSilentProviderThatNobodyAsksIsTakenOutByTheGatewaysOwnQuestions() {
    watch(OptionalLong.empty());
    script = _ -> ScriptedWire.silence();
    ticker.advanceMillis(30_000);

    assertThat(provider.vitals().condition()).isEqualTo(Reason.EJECTED);
    assertThat(provider.vitals().cause()).isEqualTo("timeout");
  }

  @Test
  void nudgesDoNotDefeatTheBackOffOfADeadProvider() {
    HeadWatch watch = watch(OptionalLong.empty());
    script = _ -> REFUSED;
    ticker.advanceMillis(10_000);
    askedMillis.clear();

    for (int i = 0; i < 600; i++) {
      watch.nudge();
      ticker.advanceMillis(100);
    }

    assertThat(askedMillis).hasSizeBetween(10, 20);
    assertThat(mostAskedInAnySecond()).isLessThanOrEqualTo(2);
  }

  @Test
  void aNudgeMakesAProviderThatAnswersLookSoon() {
    HeadWatch watch = watch(OptionalLong.empty());
    askedMillis.clear();

    watch.nudge();
    ticker.advanceMillis(30);

    assertThat(askedMillis).hasSize(1);
  }

  @Test
  void aProviderThatDiesIsAskedTwiceASecondAtMostFromTheStart() {
    watch(OptionalLong.empty());
    script = _ -> REFUSED;
    askedMillis.clear();

    ticker.advanceMillis(60_000);

    assertThat(askedMillis).isNotEmpty();
    assertThat(mostAskedInAnySecond()).isLessThanOrEqualTo(2);
  }

  @Test
  void backsOffFromAProviderThatTellsItsChainButNotItsHead() {
    script = method -> method.equals("eth_chainId") ? number(1) : BROKEN;
    watch(OptionalLong.empty());

    ticker.advanceMillis(60_000);

    assertThat(askedMillis.size()).isBetween(15, 45);
  }

  @Test
  void backsOffFromAProviderWhoseHeadIsNoNumber() {
    script =
        method ->
            method.equals("eth_chainId")
                ? number(1)
                : new Fate.After(1, new Outcome.Answer(RawJson.of("\"soon\""), "p", true));
    watch(OptionalLong.empty());

    ticker.advanceMillis(60_000);

    assertThat(askedMillis.size()).isBetween(10, 25);
  }

  @Test
  void aHeadThatJumpsWithEveryAnswerIsNotAskedForInALoop() {
    int[] polls = new int[1];
    script =
        method ->
            switch (method) {
              case "eth_chainId" -> number(1);
              case "eth_blockNumber" -> number(1_000_000 - 100L * polls[0]++);
              default -> REFUSED;
            };
    watch(OptionalLong.empty());

    ticker.advanceMillis(10_000);

    assertThat(mostAskedInAnySecond()).isLessThanOrEqualTo(8);
    assertThat(askedMillis.size()).isBetween(5, 60);
  }

  @Test
  void aDeadProviderThatClientsWantIsTriedLessThanTwiceASecond() {
    watch(OptionalLong.empty());
    script = _ -> REFUSED;
    provider.begin(Calls.call(Calls.BALANCE, ticker), 1_000_000_000L, false, _ -> {});
    ticker.advanceMillis(2_000);
    askedMillis.clear();

    for (int i = 0; i < 60_000; i++) {
      if (!provider.standing(Calls.BALANCE).isOut()
          || (provider.standing(Calls.BALANCE).yields()
              && provider.takeLastResort(Calls.BALANCE))) {
        provider.begin(Calls.call(Calls.BALANCE, ticker), 1_000_000_000L, false, _ -> {});
      }
      ticker.advanceMillis(1);
    }

    assertThat(askedMillis).hasSizeBetween(50, 90);
    assertThat(mostAskedInAnySecond()).isLessThanOrEqualTo(3);
  }
}

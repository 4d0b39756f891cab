package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.ScriptedWire.Fate;
import io.jethproxy.fleet.Tier;
import io.jethproxy.fleet.Tolerance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CandidatesTest {

  private final HandTicker ticker = new HandTicker();
  private final Dice dice = new Dice(42);
  private final Map<Provider, ScriptedWire> wires = new HashMap<>();
  private final List<Provider> providers = new ArrayList<>();

  @Test
  void givesEachProviderOnce() {
    add("a", Tier.PRIMARY, 1);
    add("b", Tier.PRIMARY, 1);
    add("c", Tier.BACKUP, 1);
    Candidates candidates = candidates();

    List<String> order = new ArrayList<>();
    for (Optional<Provider> next = candidates.next(); next.isPresent(); next = candidates.next()) {
      order.add(next.get().id());
    }

    assertThat(order).containsExactlyInAnyOrder("a", "b", "c").endsWith("c");
  }

  @Test
  void asksALaterTierOnlyWhenNobodyOfAnEarlierOneIsReady() {
    Provider a = add("a", Tier.PRIMARY, 1);
    add("b", Tier.SECONDARY, 1);
    add("c", Tier.BACKUP, 1);
    assertThat(shares(1000)).containsOnlyKeys("a");

    hurt(a, ScriptedWire.trouble(1, Trouble.THROTTLED, 60_000));
    assertThat(shares(1000)).containsOnlyKeys("b");
  }

  @Test
  void equalsGetEqualShares() {
    add("a", Tier.PRIMARY, 1);
    add("b", Tier.PRIMARY, 1);
    add("c", Tier.PRIMARY, 1);

    assertThat(shares(30_000).values())
        .allSatisfy(share -> assertThat(share).isBetween(9_500, 10_500));
  }

  @Test
  void heavierOnesGetMore() {
    add("light", Tier.PRIMARY, 1);
    add("heavy", Tier.PRIMARY, 3);

    Map<String, Integer> shares = shares(10_000);
    assertThat((double) shares.getOrDefault("heavy", 0) / shares.getOrDefault("light", 0))
        .isBetween(2.7, 3.3);
  }

  @Test
  void theSlowAreAvoidedButNotForgotten() {
    Provider slow = add("slow", Tier.PRIMARY, 1);
    Provider quick = add("quick", Tier.PRIMARY, 1);
    for (int i = 0; i < 20; i++) {
      hurt(slow, ScriptedWire.answer(100));
      hurt(quick, ScriptedWire.answer(20));
    }

    assertThat(shares(100_000).get("slow")).isBetween(300, 3000);
  }

  @Test
  void theBusyAreAvoided() {
    Provider busy = add("busy", Tier.PRIMARY, 1);
    Provider idle = add("idle", Tier.PRIMARY, 1);
    hurt(busy, ScriptedWire.answer(20));
    hurt(idle, ScriptedWire.answer(20));
    for (int i = 0; i < 150; i++) {
      begin(busy, ScriptedWire.silence());
    }

    assertThat(shares(10_000).getOrDefault("busy", 0)).isLessThan(1_000);
  }

  @Test
  void oneOnProbationGetsAFirstTryInTenAtMostAndNoSecondOnes() {
    Provider ill = add("ill", Tier.PRIMARY, 1);
    add("well", Tier.PRIMARY, 1);
    hurt(ill, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    ticker.advanceMillis(1200);

    assertThat(shares(10_000).get("ill")).isBetween(900, 1100);
    add("fine", Tier.PRIMARY, 1);
    for (int i = 0; i < 200; i++) {
      Candidates candidates = candidates();
      String first = candidates.next().orElseThrow().id();
      String second = candidates.next().orElseThrow().id();
      assertThat(second.equals("ill")).as("%s then %s", first, second).isFalse();
    }
  }

  @Test
  void oneOnProbationIsAskedWhenNobodyElseIsLeft() {
    Provider ill = add("ill", Tier.PRIMARY, 1);
    hurt(ill, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    ticker.advanceMillis(1200);

    assertThat(candidates().next()).contains(ill);
  }

  @Test
  void aHedgeGoesOnlyToOneThatIsReady() {
    Provider onProbation = add("a", Tier.PRIMARY, 1);
    hurt(onProbation, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    ticker.advanceMillis(1200);
    Provider out = add("b", Tier.PRIMARY, 1);
    hurt(out, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    assertThat(candidates().nextReady()).isEmpty();

    Provider ready = add("c", Tier.BACKUP, 1);
    assertThat(candidates().nextReady()).contains(ready);
  }

  @Test
  void theSoonestBackIsTheLastResortAndOnlyOnceASecond() {
    Provider a = add("a", Tier.PRIMARY, 1);
    Provider b = add("b", Tier.PRIMARY, 1);
    hurt(a, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    ticker.advanceMillis(100);
    hurt(b, ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    Provider soonest = wait(a) < wait(b) ? a : b;

    Candidates first = candidates();
    assertThat(first.next()).contains(soonest);
    assertThat(first.next()).isPresent();
    assertThat(first.next()).isEmpty();
    assertThat(candidates().next()).isEmpty();
  }

  @Test
  void whatAProviderSaidItselfIsObeyedEvenAsLastResort() {
    hurt(add("a", Tier.PRIMARY, 1), ScriptedWire.trouble(1, Trouble.THROTTLED, 7_000));
    hurt(add("b", Tier.PRIMARY, 1), ScriptedWire.trouble(1, Trouble.AUTH));
    add("c", Tier.PRIMARY, 1).identified(5);
    Candidates candidates = candidates();

    assertThat(candidates.next()).isEmpty();
    assertThat(candidates.skipped())
        .containsExactly(
            Skipped.of("a", Reason.THROTTLED),
            Skipped.of("b", Reason.AUTH),
            Skipped.of("c", Reason.WRONG_CHAIN));
    assertThat(candidates.waitMillis()).isBetween(6_000L, 7_000L);
  }

  @Test
  void aMethodThatAllHaveClosedIsCheckedOnceASecond() {
    Provider a = add("a", Tier.PRIMARY, 1);
    Provider b = add("b", Tier.PRIMARY, 1);
    hurt(a, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    assertThat(candidates().next()).as("while another offers it").contains(b);
    hurt(b, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));

    assertThat(candidates().next()).as("it was said just now").isEmpty();
    ticker.advanceMillis(1_000);
    Candidates first = candidates();
    assertThat(List.of(first.next(), first.next()))
        .containsExactlyInAnyOrder(Optional.of(a), Optional.of(b));
    assertThat(candidates().next()).isEmpty();
    ticker.advanceMillis(1_000);
    assertThat(candidates().next()).isPresent();
  }

  @Test
  void saysThatNoClockKnowsWhenOnlyProofHelps() {
    add("a", Tier.PRIMARY, 1).identified(5);

    assertThat(candidates().waitMillis()).isNegative();
  }

  @Test
  void leavesOutWhatDoesNotSuit() {
    add("a", Tier.PRIMARY, 1);
    add("b", Tier.PRIMARY, 1);
    Candidates candidates =
        new Candidates(
            fleet(),
            Calls.BALANCE,
            provider ->
                provider.id().equals("a") ? Optional.of(Objection.BEHIND) : Optional.empty(),
            dice);

    assertThat(candidates.next().map(Provider::id)).contains("b");
    assertThat(candidates.next()).isEmpty();
    assertThat(candidates.skipped()).containsExactly(Skipped.of("a", Objection.BEHIND));
    assertThat(candidates.waitMillis()).isEqualTo(1000);
  }

  private Candidates candidates() {
    return new Candidates(fleet(), Calls.BALANCE, Candidates.Suitability.ALL, dice);
  }

  private Fleet fleet() {
    return new Fleet(Calls.MAINNET, providers, ticker);
  }

  private long wait(Provider provider) {
    return provider.standing(Calls.BALANCE).waitNanos();
  }

  /** How often each is the first choice while nothing changes. */
  private Map<String, Integer> shares(int calls) {
    Map<String, Integer> shares = new TreeMap<>();
    for (int i = 0; i < calls; i++) {
      shares.merge(candidates().next().orElseThrow().id(), 1, Integer::sum);
    }
    return shares;
  }

  private void hurt(Provider provider, Fate fate) {
    begin(provider, fate);
    ticker.advanceMillis(150);
  }

  private void begin(Provider provider, Fate fate) {
    Objects.requireNonNull(wires.get(provider)).script = _ -> fate;
    provider.begin(Calls.call(Calls.BALANCE, ticker), 5_000_000_000L, false, _ -> {});
  }

  private Provider add(String id, Tier tier, int weight) {
    ScriptedWire wire = new ScriptedWire(ticker, id, _ -> ScriptedWire.silence());
    Provider provider =
        new Provider(
            new Identity(id, "", tier, weight, true, false),
            1,
            wire,
            ticker,
            Tolerance.DEFAULTS,
            dice,
            (_, _, _, _) -> {});
    provider.identified(1);
    wires.put(provider, wire);
    providers.add(provider);
    return provider;
  }
}

package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.eth.Networks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTest {

  private final HandTicker ticker = new HandTicker();

  @Test
  void agreesOnTheHighestBlockThatTwoHaveReached() {
    Fleet fleet = fleet(3);
    assertThat(fleet.agreedHead()).isEqualTo(-1);

    heads(fleet, 100, 103, 101);
    assertThat(fleet.agreedHead()).isEqualTo(101);
    assertThat(fleet.lag(fleet.providers().get(0))).isEqualTo(1);
    assertThat(fleet.lag(fleet.providers().get(1))).isZero();

    heads(fleet, 103);
    assertThat(fleet.agreedHead()).isEqualTo(103);
  }

  @Test
  void doesNotTakeTheTimeSinceItsStartForThatBetweenTwoBlocks() {
    Fleet fleet = fleet(1);
    heads(fleet, 100);
    assertThat(fleet.agreedHead()).isEqualTo(100);
    heads(fleet, 101);
    assertThat(fleet.agreedHead()).isEqualTo(101);

    ticker.advanceMillis(119_000);
    assertThat(fleet.isHeadStalled()).isFalse();
    ticker.advanceMillis(2_000);
    assertThat(fleet.isHeadStalled()).isTrue();
  }

  @Test
  void believesTheOnlyOneWhenThereIsOnlyOne() {
    Fleet fleet = fleet(1);
    heads(fleet, 100);

    assertThat(fleet.agreedHead()).isEqualTo(100);
    heads(fleet, 101);
    assertThat(fleet.agreedHead()).isEqualTo(101);
  }

  @Test
  void isNotMovedByOneThatRunsAheadAlone() {
    Fleet fleet = fleet(2);
    heads(fleet, 100, 100);
    heads(fleet, Long.MAX_VALUE);

    assertThat(fleet.agreedHead()).isEqualTo(100);
  }

  @Test
  void doubtsAnAbsurdHeadOfTheOnlyOneButNotForever() {
    Fleet fleet = fleet(1);
    heads(fleet, 100);
    fleet.agreedHead();
    heads(fleet, 1_000_100);
    assertThat(fleet.agreedHead()).isEqualTo(100);
    heads(fleet, 101);
    assertThat(fleet.agreedHead()).isEqualTo(101);

    for (int poll = 0; poll < 3; poll++) {
      assertThat(fleet.agreedHead()).isEqualTo(101);
      heads(fleet, 1_000_101 + poll);
    }
    assertThat(fleet.agreedHead()).isEqualTo(1_000_103);
  }

  @Test
  void absurdHeadsWithOrdinaryOnesInBetweenAreNotConfirmed() {
    Fleet fleet = fleet(1);
    heads(fleet, 100);
    fleet.agreedHead();
    for (int i = 0; i < 10; i++) {
      heads(fleet, 1_000_100);
      assertThat(fleet.agreedHead()).isEqualTo(100);
      heads(fleet, 100);
      assertThat(fleet.agreedHead()).isEqualTo(100);
    }
  }

  @Test
  void believesARealJumpAfterThreePollsWhoeverDecides() {
    Fleet fleet = fleet(2);
    heads(fleet, 100, 100);
    fleet.agreedHead();
    heads(fleet, 9_000, 9_001);
    assertThat(fleet.agreedHead()).isEqualTo(100);
    heads(fleet, 9_002);
    assertThat(fleet.agreedHead()).as("the other one decides now").isEqualTo(100);
    heads(fleet, 9_002, 9_003);

    assertThat(fleet.agreedHead()).isEqualTo(9_002);
  }

  @Test
  void aChainThatIsMinedOnRequestMayJump() {
    Fleet fleet = new Fleet(Networks.load().byId(31337), fleet(2).providers(), ticker);
    heads(fleet, 5, 5);
    fleet.agreedHead();
    heads(fleet, 1_005);
    assertThat(fleet.agreedHead()).as("one alone is not enough").isEqualTo(5);
    heads(fleet, 1_005, 1_005);

    assertThat(fleet.mayHaveReached(2_005)).isTrue();
    assertThat(fleet.agreedHead()).isEqualTo(1_005);
  }

  @Test
  void learnsThatTheChainIsFasterThanTheTableSays() {
    Fleet fleet = fleet(2);
    long block = 100;
    for (int i = 0; i < 40; i++) {
      heads(fleet, block, block);
      assertThat(fleet.agreedHead()).isEqualTo(block);
      ticker.advanceMillis(1_000);
      block += 10;
    }
    ticker.advanceMillis(20_000);
    heads(fleet, block + 200, block + 200);

    assertThat(fleet.agreedHead()).isEqualTo(block + 200);
    assertThat(fleet.mayHaveReached(block + 10_000)).isFalse();
  }

  @Test
  void acceptsAtOnceWhatTheChainCanHaveGrownInTheMeantime() {
    Fleet fleet = fleet(2);
    heads(fleet, 100, 100);
    fleet.agreedHead();
    ticker.advanceMillis(3_600_000);
    heads(fleet, 400, 400);

    assertThat(fleet.agreedHead()).isEqualTo(400);
  }

  @Test
  void doesNotGoBackWhenTheOneAheadStopsButDoesWhenAllConfirmIt() {
    Fleet fleet = fleet(3);
    heads(fleet, 105, 105, 103);
    assertThat(fleet.agreedHead()).isEqualTo(105);
    heads(fleet, 103);
    assertThat(fleet.agreedHead()).isEqualTo(105);

    for (int poll = 0; poll < 3; poll++) {
      heads(fleet, 103, 103, 103);
      fleet.agreedHead();
    }
    assertThat(fleet.agreedHead()).isEqualTo(103);
  }

  @Test
  void doesNotWaitForTheDead() {
    Fleet fleet = fleet(3);
    heads(fleet, 100, 100, 100);
    fleet.agreedHead();
    for (int block = 101; block <= 110; block++) {
      ticker.advanceMillis(12_000);
      heads(fleet, block);
      fleet.agreedHead();
    }

    assertThat(fleet.agreedHead()).isEqualTo(110);
  }

  @Test
  void doesNotListenToThoseOfAnotherChain() {
    Fleet fleet = fleet(3);
    heads(fleet, 100, 5000, 5000);
    fleet.providers().get(1).identified(10);
    fleet.providers().get(2).identified(5);

    assertThat(fleet.agreedHead()).isEqualTo(100);
  }

  @Test
  void onlyTheRatioOfWeightsCounts() {
    double light = costUnderLoad(weighing(1, 1));
    double heavy = costUnderLoad(weighing(100, 100));
    double heavier = costUnderLoad(weighing(150, 50));

    assertThat(heavy).isEqualTo(light);
    assertThat(heavier).isLessThan(light);
  }

  /** Of the first, with ten calls under way. */
  private double costUnderLoad(Fleet fleet) {
    Provider first = fleet.providers().getFirst();
    for (int i = 0; i < 10; i++) {
      first.begin(Calls.call(Calls.BALANCE, ticker), 1_000_000_000L, false, _ -> {});
    }
    return first.cost(Calls.BALANCE);
  }

  @Test
  void findsAProviderByItsId() {
    Fleet fleet = fleet(2);

    assertThat(fleet.provider("p2")).contains(fleet.providers().get(1));
    assertThat(fleet.provider("p9")).isEmpty();
  }

  @Test
  void refusesTwoProvidersWithOneName() {
    Provider provider = fleet(1).providers().getFirst();

    assertThatThrownBy(() -> new Fleet(Calls.MAINNET, List.of(provider, provider), ticker))
        .hasMessage("provider id: p1 (expected: unique)");
    assertThatThrownBy(() -> new Fleet(Calls.MAINNET, Collections.nCopies(65, provider), ticker))
        .hasMessage("providers: 65 (expected: <= 64)");
  }

  private static void heads(Fleet fleet, long... numbers) {
    for (int i = 0; i < numbers.length; i++) {
      fleet.providers().get(i).learnHead(numbers[i]);
    }
  }

  private Fleet fleet(int size) {
    int[] weights = new int[size];
    Arrays.fill(weights, 1);
    return weighing(weights);
  }

  private Fleet weighing(int... weights) {
    List<Provider> providers = new ArrayList<>();
    for (int i = 1; i <= weights.length; i++) {
      Provider provider =
          new Provider(
              new Identity("p" + i, "", Tier.PRIMARY, weights[i - 1], true, false),
              1,
              new ScriptedWire(ticker, "p" + i, _ -> ScriptedWire.silence()),
              ticker,
              Tolerance.DEFAULTS,
              new Dice(i),
              (_, _, _, _) -> {});
      provider.identified(1);
      providers.add(provider);
    }
    return new Fleet(Calls.MAINNET, providers, ticker);
  }
}

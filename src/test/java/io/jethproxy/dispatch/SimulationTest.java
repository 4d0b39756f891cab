package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.dispatch.Simulation.Behaviour;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.ScriptedWire;
import io.jethproxy.fleet.ScriptedWire.Fate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Balancer, breaker and budgets together, in simulated time: invariants over many seeds. More
 * seeds: {@code -Dsimulation.seeds=2000}.
 */
class SimulationTest {

  private static final Behaviour HEALTHY = (_, dice) -> healthy(50, dice);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("simulation.seeds", 3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void equalsShareEquallyAndHedgesStayFew(long seed) {
    Simulation run = new Simulation(seed, HEALTHY, HEALTHY, HEALTHY).run(60, 300).settle();

    for (int i = 0; i < 3; i++) {
      assertThat(run.share(i, 5, 60)).as("share of %d", i).isBetween(0.30, 0.367);
    }
    assertThat(run.amplification()).isLessThanOrEqualTo(1.055);
    assertThat(run.failed(0, 60)).isZero();
    assertThat(run.changes).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRefusingProviderIsOutWithinAQuarterSecondAndBackInTenSeconds(long seed) {
    Behaviour refuses = fault(10, 14.5, (_, _) -> ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    Simulation run = new Simulation(seed, refuses, HEALTHY, HEALTHY).run(40, 300).settle();

    assertThat(run.ejectedAt(0)).isBetween(10.0, 10.25);
    assertThat(run.failed(0, 40)).isZero();
    assertThat(run.share(0, 10.25, 14.5)).isLessThan(0.01);
    assertThat(run.share(0, 24.5, 40)).isBetween(0.29, 0.38);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aProviderThatWasLongAwayIsBackWithin75Seconds(long seed) {
    Behaviour refuses = fault(5, 305, (_, _) -> ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    Simulation run = new Simulation(seed, refuses, HEALTHY).run(420, 50).settle();

    assertThat(run.failed(0, 420)).isZero();
    assertThat(run.share(0, 380, 420)).isBetween(0.42, 0.58);
    assertThat(run.attempts(0, 6, 305)).as("attempts while away").isLessThan(20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void errorsEjectWithinAQuarterSecond(long seed) {
    Behaviour errs = fault(10, 30, (_, _) -> ScriptedWire.trouble(2, Trouble.INTERNAL));
    Simulation run = new Simulation(seed, errs, HEALTHY, HEALTHY).run(40, 1000).settle();

    assertThat(run.share(0, 10.25, 30)).isLessThan(0.01);
    assertThat(run.failed(0, 40)).isZero();
    assertThat(run.amplification()).isLessThan(1.06);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aHangingProviderIsOutAfterOneTimeout(long seed) {
    Behaviour hangs = fault(10, 60, (_, _) -> ScriptedWire.silence());
    Simulation run = new Simulation(seed, hangs, HEALTHY, HEALTHY).probing(2).run(40, 300).settle();

    assertThat(run.ejectedAt(0)).isBetween(12.0, 15.5);
    assertThat(run.failed(0, 40)).isZero();
    assertThat(run.percentileMillis(0.99, 10, 40)).isLessThan(250);
    assertThat(run.providers.getFirst().vitals().inFlight()).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aHangingProviderIsOutAfterOneTimeoutWithoutHedges(long seed) {
    Behaviour hangs = fault(10, 60, (_, _) -> ScriptedWire.silence());
    Simulation run = new Simulation(seed, hangs, HEALTHY, HEALTHY);
    run.hedging = false;
    run.run(40, 300).settle();

    assertThat(run.ejectedAt(0)).isBetween(15.0, 15.5);
    assertThat(run.failed(0, 40)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomFailuresAreRetriedWithinTheBudget(long seed) {
    Behaviour flaky =
        (seconds, dice) ->
            dice.nextDouble() < 0.3
                ? ScriptedWire.trouble(10, Trouble.INTERNAL)
                : HEALTHY.fate(seconds, dice);
    Simulation run = new Simulation(seed, flaky, HEALTHY, HEALTHY).run(60, 300).settle();

    assertThat(run.failed(0, 60)).isZero();
    assertThat(run.amplification()).isLessThan(1.2);
    assertThat(run.share(0, 5, 60)).isLessThan(0.2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenAllFailAtRandomAllKeepServingWithinTheBudget(long seed) {
    Behaviour flaky =
        (seconds, dice) ->
            dice.nextDouble() < 0.3
                ? ScriptedWire.trouble(10, Trouble.INTERNAL)
                : HEALTHY.fate(seconds, dice);
    Simulation run = new Simulation(seed, flaky, flaky, flaky).run(60, 300).settle();

    assertThat(run.amplification()).isLessThan(1.2 + 10.0 / 300 + 0.05 + 0.033);
    assertThat((double) run.failed(0, 60) / run.calls).isLessThan(0.2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aBrownoutCostsTheProviderItsTrafficWithinFiveSeconds(long seed) {
    Behaviour slow = fault(10, 40, (_, dice) -> healthy(2000, dice));
    Simulation run = new Simulation(seed, slow, HEALTHY, HEALTHY).run(90, 300).settle();

    assertThat(run.share(0, 15, 40)).isLessThan(0.05);
    assertThat(run.failed(0, 90)).isZero();
    assertThat(run.percentileMillis(0.99, 15, 40)).isLessThan(300);
    assertThat(run.share(0, 70, 90)).isBetween(0.28, 0.38);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aQuick429DrawsNoTraffic(long seed) {
    Behaviour refuses = fault(10, 60, (_, _) -> ScriptedWire.trouble(1, Trouble.THROTTLED));
    Simulation run = new Simulation(seed, refuses, HEALTHY, HEALTHY).run(40, 300).settle();

    assertThat(run.share(0, 15, 40)).isLessThan(0.02);
    assertThat(run.attempts(0, 11, 40)).isLessThan(30);
    assertThat(run.failed(0, 40)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aProviderWithALimitedRateIsHeldBelowIt(long seed) {
    RateLimit limit = new RateLimit(30);
    Behaviour limited =
        (seconds, dice) ->
            limit.allows(seconds)
                ? HEALTHY.fate(seconds, dice)
                : ScriptedWire.trouble(1, Trouble.THROTTLED);
    Simulation run = new Simulation(seed, limited, HEALTHY, HEALTHY).run(60, 300).settle();

    assertThat(run.failed(0, 60)).isZero();
    assertThat(limit.refusedAfter5).isLessThanOrEqualTo((int) (0.02 * run.attempts(0, 5, 60)));
    assertThat(run.attempts(0, 5, 60) / 55.0).as("calls a second").isBetween(12.0, 31.0);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenDemandExceedsAllLimitsTheirSumIsUsed(long seed) {
    RateLimit limit = new RateLimit(50);
    RateLimit other = new RateLimit(50);
    RateLimit third = new RateLimit(100);
    Simulation run =
        new Simulation(seed, limited(limit), limited(other), limited(third)).run(60, 300).settle();

    long served = run.calls - run.failed(0, 60);
    assertThat(served / 60.0).as("calls served a second").isGreaterThan(0.95 * 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aFlappingProviderIsLeftOutMoreAndMore(long seed) {
    Behaviour flaps =
        (seconds, dice) ->
            (long) seconds % 2 == 1
                ? ScriptedWire.trouble(1, Trouble.UNREACHABLE)
                : HEALTHY.fate(seconds, dice);
    Simulation run =
        new Simulation(seed, flaps, HEALTHY, HEALTHY).probing(2).run(120, 300).settle();

    assertThat(run.changesOf(0)).hasSizeLessThanOrEqualTo(12);
    assertThat(run.failed(0, 120)).isZero();
    double mean = run.attempts(1, 0, 120) / 120.0;
    for (int second = 0; second < 120; second++) {
      assertThat(run.attempts(1, second, second + 1) / mean).isLessThanOrEqualTo(1.7);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenAllAreDeadCallsFailAtOnceAndCostLittleAndRevivalIsQuick(long seed) {
    Behaviour dies = fault(10, 70, (_, _) -> ScriptedWire.trouble(1, Trouble.UNREACHABLE));
    Simulation run = new Simulation(seed, dies, dies, dies).run(85, 300).settle();

    for (int i = 0; i < 3; i++) {
      assertThat(run.attempts(i, 11, 70) / 59.0).as("attempts a second").isLessThan(2);
    }
    assertThat(run.percentileMillis(1, 10, 69)).isLessThan(250);
    assertThat(run.failed(72, 85)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenAllHangInFlightIsBoundedAndRevivalIsQuick(long seed) {
    Behaviour hangs = fault(10, 70, (_, _) -> ScriptedWire.silence());
    Simulation run = new Simulation(seed, hangs, hangs, hangs);
    run.run(30, 300);
    assertThat(run.wires).allSatisfy(wire -> assertThat(wire.pending).isLessThanOrEqualTo(200));
    run.run(55, 300).settle();

    assertThat(run.failed(75, 85)).isZero();
    assertThat(run.attempts(0, 16, 70) / 54.0).as("attempts a second").isLessThan(2);
    assertThat(run.wires).allSatisfy(wire -> assertThat(wire.pending).isZero());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theLastProviderIsUsedHoweverFlaky(long seed) {
    Behaviour dead = (_, _) -> ScriptedWire.trouble(1, Trouble.UNREACHABLE);
    Behaviour flaky =
        (seconds, dice) ->
            dice.nextDouble() < 0.4
                ? ScriptedWire.trouble(10, Trouble.INTERNAL)
                : HEALTHY.fate(seconds, dice);
    Simulation run = new Simulation(seed, dead, flaky).run(60, 100).settle();

    assertThat((double) run.failed(0, 60) / run.calls).isBetween(0.3, 0.45);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nobodyIsStarvedAtALowRate(long seed) {
    Simulation run = new Simulation(seed, HEALTHY, HEALTHY, HEALTHY).run(120, 2).settle();

    for (int i = 0; i < 3; i++) {
      assertThat(run.share(i, 0, 120)).isBetween(0.2, 0.47);
    }
  }

  /** Every provider goes through its own random faults; the invariants hold all the same. */
  @ParameterizedTest
  @MethodSource("seeds")
  void invariantsHoldUnderRandomFaults(long seed) {
    Dice plan = new Dice(seed * 31);
    Simulation run =
        new Simulation(seed, randomly(plan), randomly(plan), HEALTHY)
            .probing(3)
            .run(60, 20 + 300 * plan.nextDouble())
            .settle();

    double perSecond = run.calls / 60.0;
    assertThat(run.amplification()).isLessThan(1.2 + 10 / perSecond + 0.05 + 0.04);
    assertThat((double) run.failed(0, 60) / run.calls).as("failed").isLessThan(0.01);
    assertThat(run.share(2, 0, 60)).as("share of the healthy one").isGreaterThan(0.25);
    assertThat(run.providers)
        .allSatisfy(provider -> assertThat(provider.vitals().inFlight()).isZero());
    assertThat(run.ended).as("each call ends once").hasSize(run.calls);
    assertThat(run.changes)
        .noneMatch(change -> change.provider().equals("p3") && change.to() == Reason.EJECTED);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStandstillOfTheGatewayEjectsNobody(long seed) {
    Simulation run = new Simulation(seed, HEALTHY, HEALTHY, HEALTHY).run(10, 300);
    run.ticker.standStillMillis(30_000);
    run.run(10, 300).settle();

    assertThat(run.changes).hasSize(3);
    assertThat(run.failed(40, 50)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenAllAnswerWithErrorsOnlyAFewAttemptsASecondAreSpent(long seed) {
    Behaviour errs = fault(10, 70, (_, _) -> ScriptedWire.trouble(1, Trouble.INTERNAL));
    Simulation run = new Simulation(seed, errs, errs, errs).run(85, 300).settle();

    for (int i = 0; i < 3; i++) {
      assertThat(run.attempts(i, 11, 70) / 59.0).as("attempts a second").isLessThan(2);
    }
    assertThat(run.failed(72, 85)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOnlyProviderMayRefuseSomeOfABurstWithoutLosingTheRest(long seed) {
    RateLimit limit = new RateLimit(20);
    Simulation run = new Simulation(seed, limited(limit));
    for (int burst = 0; burst < 20; burst++) {
      for (int i = 0; i < 25; i++) {
        run.launch(Calls.BALANCE);
        run.ticker.advanceMillis(2);
      }
      run.ticker.advanceMillis(3000);
    }
    run.settle();

    assertThat((double) run.failed(0, 1000) / run.calls).isLessThan(0.4);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    Simulation one = new Simulation(9, HEALTHY, HEALTHY, HEALTHY).run(5, 200).settle();
    Simulation other = new Simulation(9, HEALTHY, HEALTHY, HEALTHY).run(5, 200).settle();

    assertThat(one.ended).isEqualTo(other.ended);
  }

  private static Behaviour limited(RateLimit limit) {
    return (seconds, dice) ->
        limit.allows(seconds)
            ? HEALTHY.fate(seconds, dice)
            : ScriptedWire.trouble(1, Trouble.THROTTLED);
  }

  private static Behaviour randomly(Dice plan) {
    double from = 5 + 20 * plan.nextDouble();
    double to = from + 1 + 30 * plan.nextDouble();
    Behaviour trouble =
        switch (plan.nextInt(7)) {
          case 0 -> (_, _) -> ScriptedWire.silence();
          case 1 -> (_, _) -> ScriptedWire.trouble(1, Trouble.UNREACHABLE);
          case 2 -> (_, _) -> ScriptedWire.trouble(5, Trouble.INTERNAL);
          case 3 -> (_, dice) -> healthy(2000, dice);
          case 4 -> (_, _) -> ScriptedWire.trouble(1, Trouble.THROTTLED);
          case 5 -> (_, _) -> ScriptedWire.trouble(1, Trouble.THROTTLED, 3000);
          default ->
              (seconds, dice) ->
                  dice.nextDouble() < 0.3
                      ? ScriptedWire.trouble(10, Trouble.BROKEN)
                      : HEALTHY.fate(seconds, dice);
        };
    return fault(from, to, trouble);
  }

  private static Behaviour fault(double from, double to, Behaviour trouble) {
    return (seconds, dice) ->
        seconds >= from && seconds < to ? trouble.fate(seconds, dice) : HEALTHY.fate(seconds, dice);
  }

  /** Latency with a long tail: an exponential part, and now and then ten times as much. */
  private static Fate healthy(double millis, Dice dice) {
    double latency = millis * (0.7 - 0.3 * Math.log(1 - dice.nextDouble()));
    return ScriptedWire.answer(dice.nextDouble() < 0.005 ? 10 * latency : latency);
  }

  /** A provider's token bucket with one second of burst. */
  private static final class RateLimit {
    final double perSecond;
    double tokens;
    double last;
    int refusedAfter5;

    RateLimit(double perSecond) {
      this.perSecond = perSecond;
      tokens = perSecond;
    }

    boolean allows(double seconds) {
      tokens = Math.min(perSecond, tokens + (seconds - last) * perSecond);
      last = seconds;
      if (tokens < 1) {
        refusedAfter5 += seconds > 5 ? 1 : 0;
        return false;
      }
      tokens -= 1;
      return true;
    }
  }
}

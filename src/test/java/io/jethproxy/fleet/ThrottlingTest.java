package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Standing.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of rate and quota, and refusals of access. */
class ThrottlingTest {

  private final Rig rig = new Rig();

  @ParameterizedTest
  @CsvSource({"1, 1", "5000, 5000", "300000, 300000", "1000000000000, 300000"})
  void obeysRetryAfterUpToABound(long told, long obeyed) {
    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED, told));

    assertThat(rig.waitMillis(Calls.BALANCE)).isEqualTo(obeyed);
    assertThat(rig.standing().reason()).isEqualTo(Reason.THROTTLED);
    assertThat(rig.standing().yields()).isFalse();
    assertThat(rig.provider.quietNanos() / 1_000_000).isEqualTo(obeyed);
  }

  @Test
  void aLaterShorterWaitDoesNotShortenALongerOne() {
    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED, 60_000));
    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED, 5_000));

    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(59_000L, 60_000L);
  }

  @Test
  void asksCarefullyAfterTheWaitAndFullyAfterASuccess() {
    rig.succeedFor(2000).ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED, 5000));
    rig.passMillis(5000);
    assertThat(rig.standing().use()).isEqualTo(Use.TRICKLE);
    rig.wire.script = _ -> ScriptedWire.answer(50);
    rig.begin(Calls.BALANCE);
    assertThat(rig.standing().isOut()).isTrue();

    rig.passMillis(500);
    assertThat(rig.standing().isReady()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -5000})
  void halvesTheRateWhenRetryAfterSaysNothing(long told) {
    rig.succeedFor(10_000);
    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED, told));

    assertThat(grantedWithin(1000)).isBetween(3, 7);
    assertThat(rig.changes).containsExactly("healthy>throttled:throttled");
  }

  @Test
  void regainsTheRateByAndByAndIsFreeAfterAMinute() {
    rig.succeedFor(10_000).fail(1, Trouble.THROTTLED);
    assertThat(grantedWithin(2000)).isBetween(8, 14);
    rig.passMillis(10_000);
    assertThat(grantedWithin(2000)).isBetween(26, 38);

    rig.passMillis(60_000);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void refusalsOfOneBurstCutTheRateOnce() {
    rig.succeedFor(10_000);
    rig.wire.script = _ -> ScriptedWire.trouble(5, Trouble.THROTTLED);
    for (int i = 0; i < 20; i++) {
      rig.begin(Calls.BALANCE);
    }
    rig.passMillis(5);

    assertThat(grantedWithin(1000)).isBetween(3, 7);
  }

  @Test
  void pausesLongerAndLongerWhenNothingIsServedAtAll() {
    for (int i = 0; i < 3; i++) {
      rig.passMillis(3000).fail(1, Trouble.THROTTLED);
    }
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(800L, 2100L);
    assertThat(rig.standing().yields()).isTrue();

    rig.passMillis(2000).fail(1, Trouble.THROTTLED);
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(1500L, 2400L);
  }

  @Test
  void aPauseThatWasOnlyAGuessEndsWithAnySuccess() {
    for (int i = 0; i < 3; i++) {
      rig.passMillis(3000).fail(1, Trouble.THROTTLED);
    }
    assertThat(rig.provider.quietNanos()).isPositive();

    assertThat(rig.provider.takeLastResort(Calls.BALANCE)).isFalse();
    rig.passMillis(500).succeed(1);
    assertThat(rig.provider.quietNanos()).isZero();
  }

  @Test
  void aLimitOnOneMethodPausesThatMethodOnly() {
    Outcome limited = new Outcome.Unserved(Trouble.THROTTLED, "p", 7000, true);
    rig.ask(Calls.LOGS, new ScriptedWire.Fate.After(1_000_000, limited));

    assertThat(rig.waitMillis(Calls.LOGS)).isEqualTo(7000);
    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.THROTTLED);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void aLimitOnOneMethodWithoutATimePausesItForAGrowingWhile() {
    Outcome limited = new Outcome.Unserved(Trouble.THROTTLED, "p", -1, true);
    rig.ask(Calls.LOGS, new ScriptedWire.Fate.After(1_000_000, limited));
    assertThat(rig.waitMillis(Calls.LOGS)).isBetween(800L, 1200L);

    rig.passMillis(1200).ask(Calls.LOGS, new ScriptedWire.Fate.After(1_000_000, limited));
    assertThat(rig.waitMillis(Calls.LOGS)).isBetween(1500L, 2400L);
  }

  @ParameterizedTest
  @CsvSource({
    "QUOTA_EXHAUSTED, quota_exhausted",
    "BILLING, billing",
    "AUTH, auth",
  })
  void leavesAProviderAloneForMinutesWhenOnlyItsOwnerCanHelp(Trouble trouble, String label) {
    rig.fail(1, trouble).passMillis(1);
    assertThat(rig.standing().reason().label()).isEqualTo(label);
    assertThat(rig.standing().yields()).isFalse();
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(48_000L, 72_000L);

    for (int i = 0; i < 5; i++) {
      rig.passMillis(rig.waitMillis(Calls.BALANCE) + 1);
      assertThat(rig.standing().use()).isEqualTo(Use.TRICKLE);
      rig.fail(1, trouble).passMillis(1);
    }
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(400_000L, 600_000L);
    assertThat(rig.changes).containsExactly("healthy>" + label + ":" + label);

    rig.passMillis(600_000).succeed(1);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void aBurstOfRefusalsOfAccessIsOneRefusal() {
    rig.wire.script = _ -> ScriptedWire.trouble(5, Trouble.AUTH);
    for (int i = 0; i < 20; i++) {
      rig.begin(Calls.BALANCE);
    }
    rig.passMillis(10);

    assertThat(rig.wire.sent).as("twenty calls, one question of our own").isEqualTo(21);
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(48_000L, 72_000L);
  }

  @Test
  void aSyncingProviderIsLeftAloneForSeconds() {
    rig.fail(1, Trouble.SYNCING);

    assertThat(rig.standing().reason()).isEqualTo(Reason.SYNCING);
    assertThat(rig.standing().yields()).isFalse();
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(4000L, 6000L);
  }

  @Test
  void anOverloadedProviderIsHeldToARateAndEjectedIfItGoesOn() {
    rig.succeedFor(3000).fail(1, Trouble.OVERLOADED);
    assertThat(rig.changes).containsExactly("healthy>throttled:overloaded");

    rig.fail(4, Trouble.OVERLOADED);
    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
  }

  @Test
  void asLastResortTheRateItServedBeforeIsUsedAndRaisedUntilItRefusesAgain() {
    rig.succeedFor(10_000).fail(1, Trouble.THROTTLED);

    assertThat(grantedAsLastResortWithin(500)).isBetween(4, 9);
    assertThat(grantedAsLastResortWithin(2000)).isBetween(25, 90);
    rig.fail(1, Trouble.THROTTLED);
    assertThat(grantedAsLastResortWithin(500)).isLessThan(45);
  }

  /** Asks as often as may be when nobody else is left, and is answered each time. */
  private int grantedAsLastResortWithin(int millis) {
    int granted = 0;
    rig.wire.script = _ -> ScriptedWire.answer(0);
    for (int i = 0; i < millis; i++) {
      if (rig.standing().isReady() || rig.provider.takeLastResort(Calls.BALANCE)) {
        granted++;
        rig.begin(Calls.BALANCE);
      }
      rig.passMillis(1);
    }
    return granted;
  }

  /** Asks as often as the standing allows. */
  private int grantedWithin(int millis) {
    int granted = 0;
    for (int i = 0; i < millis; i++) {
      if (rig.standing().isReady()) {
        granted++;
        rig.wire.script = _ -> ScriptedWire.answer(0);
        rig.begin(Calls.BALANCE);
      }
      rig.passMillis(1);
    }
    return granted;
  }
}

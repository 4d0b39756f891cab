package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec.Pace;
import io.jethproxy.fleet.Standing.Use;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a provider is taken out, and how it comes back. */
class EjectionTest {

  private final Rig rig = new Rig();

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"UNREACHABLE", "DNS", "TLS"})
  void ejectsAtOnceWhenTheTroubleIsClear(Trouble trouble) {
    rig.fail(1, trouble);

    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
    assertThat(rig.standing().yields()).isTrue();
    assertThat(rig.changes).containsExactly("healthy>ejected:" + trouble.label());
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {
        "CONNECT_TIMEOUT",
        "BROKEN",
        "TIMEOUT",
        "BAD_STATUS",
        "MALFORMED",
        "WRONG_ID",
        "WRONG_ANSWER",
        "INTERNAL"
      })
  void ejectsAfterFiveFailuresInARow(Trouble trouble) {
    rig.fail(4, trouble);
    assertThat(rig.standing()).isEqualTo(Standing.READY);

    rig.fail(1, trouble);
    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
  }

  @Test
  void aSuccessStartsTheCountAnew() {
    for (int i = 0; i < 4; i++) {
      rig.fail(2, Trouble.BROKEN).succeed(5);
    }
    rig.fail(4, Trouble.BROKEN);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void ejectsWhenHalfOfAtLeastTenFailWithinTenSeconds() {
    for (int i = 0; i < 4; i++) {
      rig.succeed(1).fail(1, Trouble.INTERNAL);
    }
    rig.succeed(1);
    assertThat(rig.standing()).isEqualTo(Standing.READY);

    rig.fail(1, Trouble.INTERNAL);
    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
  }

  @Test
  void forgetsFailuresOlderThanTenSeconds() {
    for (int i = 0; i < 30; i++) {
      rig.succeed(1).fail(1, Trouble.INTERNAL).passMillis(2500);
    }

    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void timeoutsCount() {
    for (int i = 0; i < 5; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.silence());
    }

    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
    assertThat(rig.changes).containsExactly("healthy>ejected:timeout");
  }

  @Test
  void ejectsASilentProviderThoughEachAttemptWasGivenUpEarly() {
    rig.wire.script = _ -> ScriptedWire.silence();
    rig.succeed(10);
    for (int i = 0; i < 6; i++) {
      rig.wire.script = _ -> ScriptedWire.silence();
      Attempt attempt = rig.begin(Calls.BALANCE);
      rig.passMillis(100);
      attempt.cancel();
    }
    rig.passMillis(4300);
    assertThat(rig.standing()).isEqualTo(Standing.READY);

    rig.passMillis(200);
    assertThat(rig.changes).containsExactly("healthy>ejected:timeout");
  }

  @Test
  void isNotSilentWhenOneOfItsAnswersCameBack() {
    for (int i = 0; i < 6; i++) {
      rig.wire.script = _ -> ScriptedWire.silence();
      Attempt attempt = rig.begin(Calls.BALANCE);
      rig.passMillis(100);
      attempt.cancel();
    }
    rig.passMillis(3000).probe(ScriptedWire.answer(1));
    rig.passMillis(60_000);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void doesNotHoldItsOwnStandstillAgainstProviders() {
    rig.succeed(5);
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 50; i++) {
      rig.begin(Calls.BALANCE);
    }
    List<Attempt> losers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      losers.add(rig.begin(Calls.BALANCE));
    }
    losers.getFirst().cancel();
    rig.ticker.standStillMillis(30_000);
    losers.forEach(Attempt::cancel);
    rig.passMillis(1000);

    assertThat(rig.outcomes).hasSize(104);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.changes).isEmpty();
  }

  @Test
  void letsOneAttemptAtATimeThroughAfterTheCoolDown() {
    rig.fail(1, Trouble.UNREACHABLE);
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(800L, 1200L);
    rig.passMillis(1200);
    assertThat(rig.standing().use()).isEqualTo(Use.TRICKLE);

    rig.wire.script = _ -> ScriptedWire.answer(50);
    rig.begin(Calls.BALANCE);
    assertThat(rig.standing().isOut()).isTrue();

    rig.passMillis(60);
    assertThat(rig.standing().use()).isEqualTo(Use.TRICKLE);
  }

  @Test
  void freesThePlaceOnProbationWhenTheAttemptIsGivenUp() {
    rig.fail(1, Trouble.UNREACHABLE).passMillis(1200);
    rig.wire.script = _ -> ScriptedWire.silence();
    rig.begin(Calls.BALANCE).cancel();

    assertThat(rig.standing().use()).isEqualTo(Use.TRICKLE);
  }

  @Test
  void comesBackByDegrees() {
    rig.fail(1, Trouble.UNREACHABLE).passMillis(1200).succeedFor(400);

    assertThat(rig.standing()).isEqualTo(Standing.RECOVERING);
    assertThat(rig.provider.share()).isBetween(0.1, 0.3);

    rig.passMillis(400);
    assertThat(rig.provider.share()).isBetween(0.4, 0.7);

    rig.passMillis(1000);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.share()).isEqualTo(1.0);
    assertThat(rig.changes)
        .containsExactly(
            "healthy>ejected:unreachable",
            "ejected>recovering:unreachable",
            "recovering>healthy:unreachable");
  }

  @Test
  void theGatewaysOwnProbesHelpItBackIn() {
    rig.fail(1, Trouble.UNREACHABLE).passMillis(1200);
    for (int i = 0; i < 4; i++) {
      rig.standing();
      rig.probe(ScriptedWire.answer(1));
      rig.passMillis(150);
    }

    assertThat(rig.standing()).isEqualTo(Standing.RECOVERING);
  }

  @Test
  void staysOutLongerWithEachRelapseWithinABound() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      rig.fail(1, Trouble.UNREACHABLE);
      long wait = rig.waitMillis(Calls.BALANCE);
      waits.add(wait);
      rig.passMillis(wait + 1);
    }

    assertThat(waits.get(0)).isBetween(800L, 1200L);
    assertThat(waits.get(1)).isBetween(1600L, 2400L);
    assertThat(waits.get(4)).isBetween(12_800L, 19_200L);
    assertThat(waits.subList(6, 9))
        .allSatisfy(wait -> assertThat(wait).isBetween(40_000L, 60_000L));
    assertThat(rig.changes).as("announced once").hasSize(1);
  }

  @Test
  void startsSmallAgainAfterAHealthyStretch() {
    for (int i = 0; i < 3; i++) {
      rig.fail(1, Trouble.UNREACHABLE).passMillis(rig.waitMillis(Calls.BALANCE) + 1);
    }
    rig.succeedFor(30_000).fail(1, Trouble.UNREACHABLE);

    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(800L, 1200L);
  }

  @Test
  void holdsNothingAgainstItThatBeganBeforeTheEjection() {
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 20; i++) {
      rig.begin(Calls.BALANCE);
    }
    rig.fail(1, Trouble.UNREACHABLE).passMillis(1200).succeedFor(2500);
    assertThat(rig.standing()).isEqualTo(Standing.READY);

    rig.passMillis(3000);
    assertThat(rig.outcomes).hasSizeGreaterThan(20);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void asLastResortADeadOneIsAskedOnceASecond() {
    rig.fail(1, Trouble.UNREACHABLE);
    int granted = 0;
    for (int i = 0; i < 700; i++) {
      if (rig.provider.takeLastResort(Calls.BALANCE)) {
        granted++;
        rig.fail(1, Trouble.UNREACHABLE);
      }
      rig.passMillis(1);
    }

    assertThat(granted).isEqualTo(1);
  }

  @Test
  void asLastResortOneThatStillServesNowAndThenIsAskedFreely() {
    rig.fail(5, Trouble.INTERNAL);
    assertThat(rig.standing().isOut()).isTrue();

    for (int i = 0; i < 10; i++) {
      assertThat(rig.provider.takeLastResort(Calls.BALANCE)).isTrue();
      rig.fail(1, Trouble.INTERNAL);
    }
  }

  @Test
  void asLastResortItComesBackOnceItServesForAWhile() {
    for (int i = 0; i < 7; i++) {
      rig.fail(1, Trouble.UNREACHABLE).passMillis(rig.waitMillis(Calls.BALANCE) + 1);
    }
    rig.fail(1, Trouble.UNREACHABLE);
    assertThat(rig.waitMillis(Calls.BALANCE)).isGreaterThan(39_000);
    rig.passMillis(1000);

    for (int i = 0; i < 25; i++) {
      rig.passMillis(100);
      assertThat(rig.provider.takeLastResort(Calls.BALANCE)).isEqualTo(true);
      rig.succeed(1);
      rig.passMillis(i == 0 ? 1000 : 0);
    }

    assertThat(rig.standing()).isEqualTo(Standing.RECOVERING);
  }

  @Test
  void oneMethodsFailuresDoNotTakeTheProviderOut() {
    for (int i = 0; i < 6; i++) {
      rig.succeed(2).ask(Calls.LOGS, ScriptedWire.silence());
    }

    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_TROUBLE);
    assertThat(rig.provider.standing(Calls.LOGS).yields()).isTrue();
    assertThat(rig.changes).isEmpty();
  }

  @Test
  void failuresInARowOfOneMethodAreThatMethodsWhenOthersWentWellMeanwhile() {
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 5; i++) {
      rig.begin(Calls.LOGS);
    }
    rig.passMillis(2000).succeed(1).passMillis(4000);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_TROUBLE);
  }

  @Test
  void failuresInARowOfOneMethodAreTheProvidersWhenNothingElseWentWell() {
    rig.succeed(5);
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 5; i++) {
      rig.begin(Calls.LOGS);
    }
    rig.passMillis(5000);

    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
  }

  @Test
  void halfFailuresOfOneMethodAreThatMethodsWhenOthersWentWell() {
    ScriptedWire.Fate failure = ScriptedWire.trouble(1, Trouble.INTERNAL);
    for (int i = 0; i < 2; i++) {
      rig.ask(Calls.LOGS, failure).ask(Calls.LOGS, failure);
      rig.ask(Calls.LOGS, ScriptedWire.answer(1)).succeed(1);
    }
    rig.ask(Calls.LOGS, failure).ask(Calls.LOGS, failure);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_TROUBLE);
  }

  @Test
  void aMethodInTroubleIsTriedAgainAndComesBack() {
    for (int i = 0; i < 5; i++) {
      rig.succeed(1).ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.EXECUTION_TIMEOUT));
    }
    assertThat(rig.waitMillis(Calls.LOGS)).isBetween(800L, 1200L);

    rig.passMillis(1200);
    assertThat(rig.provider.standing(Calls.LOGS).use()).isEqualTo(Use.TRICKLE);
    rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.EXECUTION_TIMEOUT));
    assertThat(rig.waitMillis(Calls.LOGS)).isBetween(1500L, 2400L);

    rig.passMillis(2400).ask(Calls.LOGS, ScriptedWire.answer(1));
    assertThat(rig.provider.standing(Calls.LOGS)).isEqualTo(Standing.READY);
  }

  @Test
  void aClosedMethodIsLeftAloneForTenMinutes() {
    rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));

    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_CLOSED);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    rig.passMillis(599_000);
    assertThat(rig.provider.standing(Calls.LOGS).isOut()).isTrue();
    rig.passMillis(1000);
    assertThat(rig.provider.standing(Calls.LOGS).use()).isEqualTo(Use.TRICKLE);
  }

  @Test
  void aMethodThatWasServedLatelyIsNotClosedByOneWord() {
    rig.ask(Calls.LOGS, ScriptedWire.answer(1));
    for (int i = 0; i < 2; i++) {
      rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
      assertThat(rig.provider.standing(Calls.LOGS)).isEqualTo(Standing.READY);
    }

    rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_CLOSED);
  }

  @Test
  void anAnswerInBetweenKeepsAMethodOpen() {
    for (int i = 0; i < 5; i++) {
      rig.ask(Calls.LOGS, ScriptedWire.answer(1));
      rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
      rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    }

    assertThat(rig.provider.standing(Calls.LOGS)).isEqualTo(Standing.READY);
  }

  @Test
  void aClosedMethodIsCheckedOnceASecondWhenNobodyElseOffersIt() {
    int granted = 0;
    for (int i = 0; i < 100; i++) {
      rig.ask(Calls.CALL, ScriptedWire.answer(1)).passMillis(99);
      if (i == 0 || rig.provider.takeLastResort(Calls.LOGS)) {
        granted++;
        rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
      }
    }
    assertThat(rig.provider.standing(Calls.LOGS).yields()).isTrue();
    assertThat(granted).isBetween(9, 12);

    rig.ask(Calls.LOGS, ScriptedWire.answer(1));
    assertThat(rig.provider.standing(Calls.LOGS)).isEqualTo(Standing.READY);
  }

  @Test
  void aMethodThatFailsAgainAndAgainIsTriedOnceASecondWhenNobodyElseIsLeft() {
    int granted = 0;
    for (int i = 0; i < 100; i++) {
      rig.succeed(1);
      boolean asked =
          !rig.provider.standing(Calls.LOGS).isOut() || rig.provider.takeLastResort(Calls.LOGS);
      if (asked) {
        granted++;
        rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.EXECUTION_TIMEOUT));
      }
      rig.passMillis(100 - 10 - (asked ? 1 : 0));
    }

    assertThat(granted).isBetween(20, 32);
  }

  @Test
  void inventedMethodNamesCannotCloseRealOnesNorFillTheMemory() {
    for (int i = 0; i < 5000; i++) {
      rig.ask(Calls.method("junk_" + i, Pace.FAST), ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    }

    assertThat(rig.provider.vitals().methods()).hasSize(256);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.standing(Calls.CALL)).isEqualTo(Standing.READY);
  }
}

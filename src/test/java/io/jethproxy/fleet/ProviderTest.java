package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec.Pace;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProviderTest {

  private static final Transport.Exchange OVER =
      new Transport.Exchange() {
        @Override
        public void cancel() {}

        @Override
        public void forget() {}
      };

  private final Rig rig = new Rig();

  @Test
  void deliversTheOutcomeOnceAndFreesThePermit() {
    rig.ask(Calls.BALANCE, ScriptedWire.answer(10));

    assertThat(rig.outcomes).hasSize(1);
    assertThat(rig.provider.vitals().inFlight()).isZero();
    assertThat(rig.provider.vitals().successes()).isEqualTo(1);
  }

  @Test
  void tellsHowLongAnAttemptTook() {
    Attempt attempt = rig.begin(Calls.BALANCE);
    rig.passMillis(4);

    assertThat(attempt.elapsedNanos(rig.ticker.nanos())).isEqualTo(4_000_000);

    rig.passMillis(1000);
    assertThat(attempt.elapsedNanos(rig.ticker.nanos())).isEqualTo(10_000_000);
  }

  @Test
  void deliversNothingAfterCancelAndHoldsNothingAgainstTheProvider() {
    for (int i = 0; i < 20; i++) {
      rig.wire.script = _ -> ScriptedWire.silence();
      Attempt attempt = rig.begin(Calls.BALANCE);
      rig.passMillis(30);
      attempt.cancel();
      attempt.cancel();
      rig.ask(Calls.BALANCE, ScriptedWire.answer(1));
    }
    rig.passMillis(20_000);

    assertThat(rig.outcomes).hasSize(20);
    assertThat(rig.wire.cancelled).isEqualTo(20);
    assertThat(rig.provider.vitals().inFlight()).isZero();
    assertThat(rig.provider.vitals().failures()).isZero();
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void survivesAWireThatAnswersBeforeSendReturns() {
    List<Outcome> outcomes = new ArrayList<>();
    Transport instant =
        (_, _, _, inbox) -> {
          inbox.accept(new Outcome.Answer(RawJson.NULL, "q", true));
          return OVER;
        };
    Provider provider = providerOn(instant);

    Attempt attempt =
        provider.begin(Calls.call(Calls.CALL, rig.ticker), 1000, false, outcomes::add);

    assertThat(attempt.isOver()).isTrue();
    assertThat(outcomes).hasSize(1);
    assertThat(provider.vitals().inFlight()).isZero();
  }

  @Test
  void concludesWhenAReviewThatTakesAWhileIsDone() {
    List<Outcome> outcomes = new ArrayList<>();
    List<Runnable> reviews = new ArrayList<>();
    Outcome wrong = new Outcome.Unserved(Trouble.WRONG_ANSWER, "p");
    rig.wire.script = _ -> ScriptedWire.answer(10);

    Attempt kept = beginReviewed((_, then) -> reviews.add(() -> then.accept(wrong)), outcomes);
    Attempt lost = beginReviewed((_, then) -> reviews.add(() -> then.accept(wrong)), outcomes);
    rig.passMillis(15);
    assertThat(reviews).hasSize(2);
    assertThat(rig.provider.vitals().inFlight()).isEqualTo(2);

    lost.cancel();
    rig.passMillis(5);
    reviews.forEach(Runnable::run);

    assertThat(outcomes).containsExactly(wrong);
    assertThat(kept.isOver()).isTrue();
    assertThat(kept.elapsedNanos(rig.ticker.nanos())).isEqualTo(20_000_000);
    assertThat(rig.wire.cancelled).isZero();
    assertThat(rig.provider.vitals().inFlight()).isZero();
    assertThat(rig.provider.vitals().failures()).isEqualTo(1);
  }

  private Attempt beginReviewed(Scrutiny scrutiny, List<Outcome> outcomes) {
    return rig.provider.begin(
        Calls.call(Calls.CALL, rig.ticker), Rig.TIMEOUT_NANOS, false, "", scrutiny, outcomes::add);
  }

  @Test
  void freesThePermitWhenTheWireBreaksItsPromiseNotToThrow() {
    Transport broken =
        (_, _, _, _) -> {
          throw new IllegalStateException("closed");
        };
    Provider provider = providerOn(broken);

    assertThatThrownBy(
            () -> provider.begin(Calls.call(Calls.CALL, rig.ticker), 1000, false, _ -> {}))
        .isInstanceOf(IllegalStateException.class);

    assertThat(provider.vitals().inFlight()).isZero();
  }

  @Test
  void sendsNothingBeyondItsPermits() {
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 200; i++) {
      rig.begin(Calls.BALANCE);
    }

    assertThat(rig.standing().reason()).isEqualTo(Reason.BUSY);
    assertThat(rig.standing().yields()).isFalse();
    Attempt refused = rig.begin(Calls.BALANCE);
    assertThat(refused.isOver()).isFalse();
    rig.passMillis(0);

    assertThat(rig.wire.sent).isEqualTo(200);
    assertThat(rig.outcomes).containsExactly(new Outcome.Unserved(Trouble.BUSY, "p"));
    assertThat(rig.provider.vitals().inFlight()).isEqualTo(200);
  }

  @Test
  void deliversNoBusyAfterCancel() {
    rig.wire.script = _ -> ScriptedWire.silence();
    for (int i = 0; i < 200; i++) {
      rig.begin(Calls.BALANCE);
    }
    rig.begin(Calls.BALANCE).cancel();
    rig.passMillis(1);

    assertThat(rig.outcomes).isEmpty();
    assertThat(rig.provider.vitals().inFlight()).isEqualTo(200);
  }

  @Test
  void isNotAskedBeforeItsChainIsProven() {
    Provider provider = providerOn(rig.wire);
    Provider other = unidentified(rig.wire);

    assertThat(provider.standing(Calls.CALL).isReady()).isTrue();
    assertThat(other.standing(Calls.CALL).reason()).isEqualTo(Reason.UNIDENTIFIED);
    assertThat(other.standing(Calls.CALL).waitNanos()).isEqualTo(Standing.UNKNOWN);
    assertThat(other.standing(Calls.CALL).yields()).isFalse();
  }

  @Test
  void staysOutOnTheWrongChainUntilTheRightOneIsSeen() {
    rig.provider.identified(10);
    rig.passMillis(3_600_000).probe(ScriptedWire.answer(1));
    rig.passMillis(10);

    assertThat(rig.standing().reason()).isEqualTo(Reason.WRONG_CHAIN);
    assertThat(rig.standing().yields()).isFalse();

    rig.provider.identified(1);
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.changes)
        .containsExactly("healthy>wrong_chain:wrong_chain", "wrong_chain>healthy");
  }

  @Test
  void provingTheChainAgainChangesNothing() {
    rig.fail(1, Trouble.TLS);
    rig.provider.identified(1);

    assertThat(rig.standing().reason()).isEqualTo(Reason.EJECTED);
    assertThat(rig.provider.vitals().cause()).isEqualTo("tls");
  }

  @Test
  void countsRightWhenSeveralThreadsAskAtOnce() throws InterruptedException {
    Transport instant =
        (_, _, _, inbox) -> {
          inbox.accept(new Outcome.Answer(RawJson.NULL, "q", true));
          return OVER;
        };
    Provider provider = providerOn(instant);
    AtomicInteger delivered = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 5000; i++) {
                  provider.standing(Calls.BALANCE);
                  provider.cost(Calls.BALANCE);
                  provider.begin(
                      Calls.call(Calls.BALANCE, rig.ticker),
                      1000,
                      false,
                      _ -> delivered.incrementAndGet());
                  provider.learnHead(i);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(delivered).hasValue(20_000);
    assertThat(provider.vitals().successes()).isEqualTo(20_000);
    assertThat(provider.vitals().inFlight()).isZero();
  }

  @Test
  void isFencedByAnAnswerFromAnotherChain() {
    rig.ask(Calls.CALL, ScriptedWire.trouble(1, Trouble.WRONG_CHAIN));

    assertThat(rig.standing().reason()).isEqualTo(Reason.WRONG_CHAIN);
  }

  @Test
  void neverSuffersForTheFaultsOfCallers() {
    Outcome revert = new Outcome.Rejected(new Fault(3, "execution reverted"), "p");
    for (int i = 0; i < 100; i++) {
      rig.ask(Calls.CALL, new ScriptedWire.Fate.After(1_000_000, revert));
    }

    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.vitals().failures()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {
        "RANGE_TOO_LARGE",
        "RESPONSE_TOO_LARGE",
        "REQUEST_TOO_LARGE",
        "MISSING_DATA",
        "PRUNED",
        "POLICY",
        "BUSY"
      })
  void neverSuffersForWhatIsNobodysFault(Trouble trouble) {
    rig.fail(100, trouble);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void costsMoreTheSlowerTheBusierAndTheWorse() {
    double idle = rig.succeed(20).provider.cost(Calls.BALANCE);

    rig.wire.script = _ -> ScriptedWire.silence();
    List<Attempt> pending = Stream.generate(() -> rig.begin(Calls.BALANCE)).limit(100).toList();
    assertThat(rig.provider.cost(Calls.BALANCE)).isCloseTo(2 * idle, within(0.1 * idle));
    pending.forEach(Attempt::cancel);

    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.INTERNAL));
    double afterFailure = rig.provider.cost(Calls.BALANCE);
    assertThat(afterFailure).isGreaterThan(20 * idle);

    rig.succeed(20);
    assertThat(rig.provider.cost(Calls.BALANCE)).isLessThan(2 * idle);
  }

  @Test
  void believesASlowdownSoonButNotAnOutlier() {
    double before = rig.succeed(20).provider.cost(Calls.BALANCE);

    rig.ask(Calls.BALANCE, ScriptedWire.answer(100));
    assertThat(rig.provider.cost(Calls.BALANCE)).isLessThan(4 * before);

    for (int i = 0; i < 6; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.answer(100));
    }
    assertThat(rig.provider.cost(Calls.BALANCE)).isGreaterThan(7.5 * before);
  }

  @Test
  void forgetsThePenaltyWithTheOutage() {
    double before = rig.succeed(20).provider.cost(Calls.BALANCE);
    rig.fail(1, Trouble.UNREACHABLE);
    assertThat(rig.provider.cost(Calls.BALANCE)).isGreaterThan(20 * before);
    rig.passMillis(1200);
    for (int i = 0; i < 5; i++) {
      rig.probe(ScriptedWire.answer(10));
      rig.passMillis(100);
    }

    assertThat(rig.standing()).isEqualTo(Standing.RECOVERING);
    assertThat(rig.provider.cost(Calls.BALANCE)).isLessThan(1.5 * before);
  }

  @Test
  void countsAQuickRefusalAsSlow() {
    double before = rig.succeed(20).provider.cost(Calls.BALANCE);

    rig.ask(Calls.BALANCE, ScriptedWire.trouble(1, Trouble.THROTTLED));

    assertThat(rig.provider.cost(Calls.BALANCE)).isGreaterThan(20 * before);
  }

  @Test
  void judgesEachPaceByItself() {
    rig.succeed(20);
    for (int i = 0; i < 20; i++) {
      rig.ask(Calls.LOGS, ScriptedWire.answer(900));
    }
    rig.succeed(5);

    assertThat(rig.provider.cost(Calls.LOGS)).isGreaterThan(30 * rig.provider.cost(Calls.BALANCE));
  }

  @Test
  void drawsNoHerdAsANewcomer() {
    double first = rig.provider.cost(Calls.BALANCE);
    rig.wire.script = _ -> ScriptedWire.silence();
    rig.begin(Calls.BALANCE);

    assertThat(first).isLessThan(5e6);
    assertThat(rig.provider.cost(Calls.BALANCE)).isGreaterThan(2e8);
  }

  @Test
  void learnsFromALoserThatWasMuchSlowerThanExpected() {
    double before = rig.succeed(20).provider.cost(Calls.BALANCE);
    for (int i = 0; i < 5; i++) {
      rig.wire.script = _ -> ScriptedWire.silence();
      Attempt attempt = rig.begin(Calls.BALANCE);
      rig.passMillis(500);
      attempt.cancel();
    }

    assertThat(rig.provider.cost(Calls.BALANCE)).isGreaterThan(10 * before);
  }

  @Test
  void isHeardOfAgainAfterASlowTime() {
    for (int i = 0; i < 20; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.answer(2000));
    }
    double slow = rig.provider.cost(Calls.BALANCE);

    assertThat(rig.passMillis(30_000).provider.cost(Calls.BALANCE)).isLessThan(0.1 * slow);
  }

  @Test
  void hedgesAtItsRecentNinetyFifthPercentile() {
    for (int i = 0; i < 400; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.answer(i % 10 == 0 ? 300 : 40));
    }
    assertThat(rig.provider.hedgeAfterNanos(Pace.FAST)).isBetween(300_000_000L, 370_000_000L);

    for (int i = 0; i < 2000; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.answer(i % 50 == 0 ? 300 : 40));
    }
    assertThat(rig.provider.hedgeAfterNanos(Pace.FAST)).isBetween(40_000_000L, 50_000_000L);
  }

  @Test
  void hedgesWithinBoundsAndSensiblyBeforeItKnows() {
    assertThat(rig.provider.hedgeAfterNanos(Pace.FAST)).isEqualTo(250_000_000L);
    for (int i = 0; i < 100; i++) {
      rig.ask(Calls.BALANCE, ScriptedWire.answer(1));
      rig.ask(Calls.LOGS, ScriptedWire.answer(4500));
    }

    assertThat(rig.provider.hedgeAfterNanos(Pace.FAST)).isEqualTo(20_000_000L);
    assertThat(rig.provider.hedgeAfterNanos(Pace.SLOW)).isEqualTo(2_000_000_000L);
  }

  @Test
  void probesEvenWhenOutAndWithoutAPermit() {
    rig.fail(1, Trouble.UNREACHABLE);
    assertThat(rig.standing().isOut()).isTrue();

    rig.probe(ScriptedWire.answer(1));
    rig.passMillis(1);

    assertThat(rig.outcomes.getLast()).isInstanceOf(Outcome.Answer.class);
    assertThat(rig.provider.vitals().inFlight()).isZero();
  }

  @Test
  void knowsItsHeadAndHowLongItHasStood() {
    assertThat(rig.provider.hasBlock(5)).isTrue();
    rig.provider.learnHead(100);
    rig.passMillis(500);
    rig.provider.learnHead(100);
    rig.provider.sawBlock(99);

    assertThat(rig.provider.head()).isEqualTo(100);
    assertThat(rig.provider.headAgeNanos()).isEqualTo(500_000_000);
    assertThat(rig.provider.hasBlock(100)).isTrue();
    assertThat(rig.provider.hasBlock(101)).isFalse();

    rig.provider.sawBlock(101);
    assertThat(rig.provider.hasBlock(101)).isTrue();
    rig.provider.learnHead(90);
    assertThat(rig.provider.head()).isEqualTo(90);
  }

  @Test
  void showsItsVitals() {
    rig.succeed(40);
    rig.ask(Calls.LOGS, ScriptedWire.trouble(1, Trouble.METHOD_CLOSED));
    rig.provider.learnHead(7);
    rig.fail(1, Trouble.TLS).passMillis(300);

    Vitals vitals = rig.provider.vitals();

    assertThat(vitals.condition()).isEqualTo(Reason.EJECTED);
    assertThat(vitals.cause()).isEqualTo("tls");
    assertThat(vitals.conditionMillis()).isEqualTo(300);
    assertThat(vitals.identified()).isTrue();
    assertThat(vitals.successes()).isEqualTo(40);
    assertThat(vitals.failures()).isEqualTo(2);
    assertThat(vitals.head()).isEqualTo(7);
    assertThat(vitals.latencyMicros().get(Pace.FAST)).isBetween(9_900L, 10_100L);
    assertThat(vitals.p95Micros().get(Pace.FAST)).isBetween(10_000L, 12_000L);
    assertThat(vitals.methods())
        .singleElement()
        .satisfies(mark -> {
          assertThat(mark.method()).isEqualTo("eth_getLogs");
          assertThat(mark.reason()).isEqualTo(Reason.METHOD_CLOSED);
          assertThat(mark.pauseMillis()).isBetween(599_000L, 600_000L);
        });
  }

  @Test
  void refusesAConfigThatMakesNoSense() {
    assertThatThrownBy(() -> new Tolerance(0, 5, 1, 1, 0.5, 1, 1, 1000, 1, 1, 1))
        .hasMessage("maxConcurrent: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new Tolerance(1, 5, 1, 1, 1.5, 1, 1, 1000, 1, 1, 1))
        .hasMessage("failureShare: 1.5 (expected: 0..1)");
    assertThatThrownBy(() -> new Tolerance(1, 5, 1, 1, 0.5, 9, 1, 1000, 1, 1, 1))
        .hasMessage("coolDownMillisMax: 1 (expected: >= 9)");
  }

  @Test
  void keepsItsSecretsToItself() {
    assertThat(new Secret("https://host/KEY")).hasToString("***");
    assertThat(new Secret("https://host/KEY").reveal()).isEqualTo("https://host/KEY");
    assertThat(rig.provider).hasToString("p[healthy]");
  }

  private Provider providerOn(Transport transport) {
    Provider provider = unidentified(transport);
    provider.identified(1);
    return provider;
  }

  private Provider unidentified(Transport transport) {
    return new Provider(
        new Identity("q", "", Tier.PRIMARY, 1, true, false),
        1,
        transport,
        rig.ticker,
        Tolerance.DEFAULTS,
        new Dice(1),
        (_, _, _, _) -> {});
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }
}

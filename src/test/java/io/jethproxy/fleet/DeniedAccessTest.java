package io.jethproxy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a refusal of access to one call shows of the provider. */
class DeniedAccessTest {

  private static final ScriptedWire.Fate DENIED = ScriptedWire.trouble(1, Trouble.AUTH);
  private static final ScriptedWire.Fate WELL = ScriptedWire.answer(1);

  private final Rig rig = new Rig();
  private final List<String> asked = new ArrayList<>();
  private ScriptedWire.Fate ownQuestion = WELL;

  /** A call is refused; the gateway's own question is answered otherwise. */
  private void deny(MethodSpec method, ScriptedWire.Fate fate) {
    rig.wire.script =
        name -> {
          asked.add(name);
          return name.equals("eth_blockNumber") ? ownQuestion : fate;
        };
    rig.begin(method);
    rig.passMillis(10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"AUTH", "BILLING"})
  void oneCallTakesNobodyOutWhenTheProviderAnswersTheOwnQuestion(Trouble trouble) {
    deny(Calls.CALL, ScriptedWire.trouble(1, trouble));

    assertThat(asked).containsExactly("eth_call", "eth_blockNumber");
    assertThat(rig.standing()).isEqualTo(Standing.READY);
    assertThat(rig.provider.standing(Calls.CALL)).isEqualTo(Standing.READY);
    assertThat(rig.changes).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"AUTH", "BILLING"})
  void oneCallIsEnoughWhenTheOwnQuestionIsRefusedToo(Trouble trouble) {
    ownQuestion = ScriptedWire.trouble(1, trouble);

    deny(Calls.CALL, ownQuestion);

    assertThat(rig.standing().reason()).isEqualTo(Reason.ofPause(trouble));
    assertThat(rig.standing().yields()).isFalse();
    assertThat(rig.waitMillis(Calls.BALANCE)).isBetween(47_000L, 72_000L);
    assertThat(rig.changes).containsExactly("healthy>" + trouble.label() + ":" + trouble.label());
  }

  @Test
  void callsOfSeveralMethodsAtOnceAreNoProofBeforeTheOwnQuestionIsAnswered() {
    rig.wire.script = name -> name.equals("eth_blockNumber") ? ScriptedWire.answer(50) : DENIED;
    rig.begin(Calls.CALL);
    rig.begin(Calls.LOGS);
    rig.begin(Calls.BALANCE);
    rig.begin(Calls.CALL);
    rig.passMillis(100);

    assertThat(rig.changes).isEmpty();
    assertThat(rig.standing().isReady()).isTrue();
  }

  @Test
  void threeCallsOfTwoMethodsInARowAreProofWhenTheOwnQuestionIsNotAnswered() {
    ownQuestion = ScriptedWire.silence();
    deny(Calls.CALL, DENIED);
    rig.passMillis(2_500);
    deny(Calls.CALL, DENIED);
    rig.passMillis(2_500);
    assertThat(rig.changes).isEmpty();

    deny(Calls.LOGS, DENIED);

    assertThat(rig.standing().reason()).isEqualTo(Reason.AUTH);
  }

  @Test
  void anAnswerInBetweenShowsThatNotAllIsRefused() {
    ownQuestion = ScriptedWire.silence();
    for (int i = 0; i < 3; i++) {
      deny(Calls.CALL, DENIED);
      rig.passMillis(2_500);
      deny(Calls.LOGS, DENIED);
      rig.passMillis(2_500);
      deny(Calls.BALANCE, WELL);
    }

    assertThat(rig.changes).isEmpty();
  }

  @Test
  void isNotAskedTheOwnQuestionMoreOftenThanEveryTwoSeconds() {
    for (int i = 0; i < 100; i++) {
      deny(Calls.CALL, DENIED);
      deny(Calls.BALANCE, WELL);
    }

    assertThat(asked.stream().filter("eth_blockNumber"::equals)).hasSize(1);
    rig.passMillis(2_000);
    deny(Calls.CALL, DENIED);
    assertThat(asked.stream().filter("eth_blockNumber"::equals)).hasSize(2);
  }

  @Test
  void aMethodThatIsRefusedAgainAndAgainIsTheMethodsTrouble() {
    for (int i = 0; i < 5; i++) {
      deny(Calls.LOGS, DENIED);
      deny(Calls.BALANCE, WELL);
    }

    assertThat(rig.provider.standing(Calls.LOGS).reason()).isEqualTo(Reason.METHOD_TROUBLE);
    assertThat(rig.provider.standing(Calls.LOGS).yields()).isTrue();
    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }

  @Test
  void aQuestionThatNotEveryProviderAnswersIsNoProof() {
    rig.wire.script = name -> name.equals("eth_syncing") ? DENIED : WELL;
    rig.provider.probe("eth_syncing", RawJson.ABSENT, 2_000_000_000L, _ -> {});
    rig.passMillis(10);

    assertThat(rig.standing()).isEqualTo(Standing.READY);
  }
}

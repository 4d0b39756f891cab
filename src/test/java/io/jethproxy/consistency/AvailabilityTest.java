package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each promise by a history that breaks it and one beside it that does not. */
class AvailabilityTest {

  private static final long SECOND = 1_000_000_000;
  private static final long TENTH = SECOND / 10;

  private final List<Op> ops = new ArrayList<>();
  private final Phases phases = new Phases();
  private final Lateness lateness = Lateness.none();

  @Test
  void oneCallOfAThousandMayFail() {
    calls(0, 999, Op.Type.OK, TENTH);
    calls(2, 1, Op.Type.FAIL, TENTH);

    assertThat(shortcomings()).isEmpty();
  }

  @Test
  void twoOfAThousandMayNot() {
    calls(0, 998, Op.Type.OK, TENTH);
    calls(2, 1, Op.Type.FAIL, TENTH);
    calls(3, 1, Op.Type.INFO, TENTH);

    assertThat(shortcomings())
        .containsExactly("0.20 % of the calls failed (expected: at most 0.1 %)");
  }

  @Test
  void callsThatAnAnnouncedOutageTouchesMayFail() {
    calls(0, 100, Op.Type.OK, TENTH);
    calls(2, 50, Op.Type.FAIL, TENTH);
    calls(1.95, 1, Op.Type.INFO, TENTH);
    phases.outage(2 * SECOND, 3 * SECOND);

    assertThat(shortcomings()).isEmpty();
  }

  @Test
  void callsBesideAnOutageMayNot() {
    calls(0, 100, Op.Type.OK, TENTH);
    calls(3.1, 1, Op.Type.FAIL, TENTH);
    phases.outage(2 * SECOND, 3 * SECOND);

    assertThat(shortcomings()).hasSize(1);
  }

  @Test
  void noticesOfSubscriptionsDoNotMakeErrorsRare() {
    calls(0, 100, Op.Type.OK, TENTH);
    calls(1, 1, Op.Type.FAIL, TENTH);
    IntStream.range(0, 10_000).forEach(i -> add(2, SubscriptionChecks.NOTICE, Op.Type.OK, TENTH));

    assertThat(shortcomings()).hasSize(1);
  }

  @Test
  void onceAFaultIsHealedNearlyAllIsAnswered() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);
    calls(21, 98, Op.Type.OK, TENTH);
    calls(21, 2, Op.Type.FAIL, TENTH);

    assertThat(shortcomings())
        .singleElement()
        .asString()
        .startsWith("after lag 1 98.0 % of 100 calls were answered (expected: 99 %)");
  }

  @Test
  void whatTheNextOutageCutsOffIsNotCountedAgainstTheFaultBefore() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);
    calls(21, 50, Op.Type.OK, TENTH);
    calls(21.95, 2, Op.Type.INFO, TENTH);
    phases.outage(22 * SECOND, 23 * SECOND);

    assertThat(shortcomings()).isEmpty();
  }

  @Test
  void answersThatTakeLongerThanTenSecondsComeTooLate() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);
    calls(21, 50, Op.Type.OK, TENTH);
    calls(21, 50, Op.Type.OK, 11 * SECOND);

    assertThat(shortcomings())
        .singleElement()
        .asString()
        .startsWith("after lag 1 50.0 % of 100 calls were answered (expected: 99 %)");
  }

  @Test
  void silenceAfterAFaultIsNoAnswer() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);

    assertThat(shortcomings())
        .singleElement()
        .asString()
        .startsWith("after lag 1 0.0 % of 0 calls were answered (expected: 99 %)");
  }

  @Test
  void whatFailsInTheNextFaultOrLongAfterIsNotOfThisOne() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);
    fault("lag 2", 30, 100);
    calls(21, 99, Op.Type.OK, TENTH);
    calls(23, 2, Op.Type.FAIL, TENTH);
    calls(31, 99, Op.Type.OK, TENTH);
    calls(41, 2, Op.Type.FAIL, TENTH);

    assertThat(shortcomings()).isEmpty();
  }

  @Test
  void noAnswerIsExpectedInTimeThatTheMachineDoesNotGive() {
    calls(0, 10_000, Op.Type.OK, TENTH);
    fault("lag 1", 20, 22);
    lateness.stalled(20 * SECOND, 21 * SECOND);

    assertThat(shortcomings()).hasSize(1);

    lateness.stalled(21 * SECOND, 21 * SECOND + TENTH);

    assertThat(shortcomings()).isEmpty();
  }

  private List<String> shortcomings() {
    return new Availability(ops, phases, lateness).shortcomings();
  }

  private void fault(String name, long healedSecond, long untilSecond) {
    phases.healed(name, healedSecond * SECOND);
    phases.begins(untilSecond * SECOND);
  }

  private void calls(double second, int count, Op.Type type, long nanos) {
    IntStream.range(0, count).forEach(i -> add(second, "eth_blockNumber", type, nanos));
  }

  private void add(double second, String method, Op.Type type, long nanos) {
    long invoked = (long) (second * SECOND);
    ops.add(
        new Op(
            ops.size(),
            "me",
            -1,
            invoked,
            invoked + nanos,
            type,
            method,
            Json.read("[]"),
            Json.read("\"0x1\"")));
  }
}

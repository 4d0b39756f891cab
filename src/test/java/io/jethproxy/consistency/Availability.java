package io.jethproxy.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether a gateway answered, as the {@link Checker} says whether it answered right: an error in
 * place of a wrong answer is always allowed, but errors must be rare, and soon over. Notices of
 * subscriptions are not calls, and do not count.
 */
final class Availability {

  /** Of all calls outside announced outages. */
  static final double FAILED_SHARE_MAX = 0.001;

  /** Of the calls right after a fault was made good that no announced outage touched. */
  static final double ANSWERED_SHARE_MIN = 0.99;

  /** How long the time after a fault is, unless the next one begins before; and a call may take. */
  static final Duration SOON = Duration.ofSeconds(10);

  private static final int EXAMPLES = 5;

  private final List<Op> calls;
  private final Phases phases;
  private final Lateness lateness;

  Availability(List<Op> history, Phases phases, Lateness lateness) {
    this.calls =
        history.stream().filter(op -> !op.method().equals(SubscriptionChecks.NOTICE)).toList();
    this.phases = phases;
    this.lateness = lateness;
  }

  /** Of the calls that no announced outage touched, those that failed; 1 when there were none. */
  double failedShare() {
    List<Op> counted = calls.stream().filter(op -> !isExcused(op)).toList();
    return counted.isEmpty() ? 1 : share(counted, op -> !op.isOk());
  }

  /** What falls short, in words; empty when all is well. */
  List<String> shortcomings() {
    List<String> found = new ArrayList<>();
    double failed = failedShare();
    if (failed > FAILED_SHARE_MAX) {
      found.add(
          "%.2f %% of the calls failed (expected: at most %.1f %%)"
              .formatted(failed * 100, FAILED_SHARE_MAX * 100));
    }
    for (Phases.Fault fault : phases.faults()) {
      List<Op> after =
          calls.stream().filter(op -> isSoonAfter(op, fault) && !isExcused(op)).toList();
      double answered = share(after, Availability::isAnsweredSoon);
      if (answered < ANSWERED_SHARE_MIN && !isStarved(fault)) {
        found.add(
            "after %s %.1f %% of %d calls were answered (expected: %.0f %%): %s"
                .formatted(
                    fault.name(),
                    answered * 100,
                    after.size(),
                    ANSWERED_SHARE_MIN * 100,
                    examples(after, fault)));
      }
    }
    return found;
  }

  /** Some that were not answered, with times since the fault was made good. */
  private static List<String> examples(List<Op> after, Phases.Fault fault) {
    return after.stream()
        .filter(op -> !isAnsweredSoon(op))
        .limit(EXAMPLES)
        .map(op -> op.line(fault.healedNanos()))
        .toList();
  }

  /** Whether the machine gave less than half of the time after it: nobody could have answered. */
  private boolean isStarved(Phases.Fault fault) {
    long length = Math.min(fault.untilNanos() - fault.healedNanos(), SOON.toNanos());
    return lateness.within(fault.healedNanos(), fault.healedNanos() + length) > length / 2;
  }

  private boolean isExcused(Op op) {
    return !op.isOk() && phases.outages().stream().anyMatch(outage -> outage.overlaps(op));
  }

  private static boolean isSoonAfter(Op op, Phases.Fault fault) {
    long since = op.invokedNanos() - fault.healedNanos();
    return since >= 0 && since < SOON.toNanos() && op.invokedNanos() - fault.untilNanos() < 0;
  }

  private static boolean isAnsweredSoon(Op op) {
    return op.isOk() && op.completedNanos() - op.invokedNanos() <= SOON.toNanos();
  }

  /** 0 when there are none: nobody was answered. */
  private static double share(List<Op> calls, Predicate<Op> wanted) {
    return calls.isEmpty() ? 0 : (double) calls.stream().filter(wanted).count() / calls.size();
  }
}

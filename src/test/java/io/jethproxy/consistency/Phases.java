package io.jethproxy.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When something was made to fail, when it was made good again, and when nobody could have answered
 * at all. Written by the thread that drives the run; times are of {@link System#nanoTime}.
 */
final class Phases {

  /**
   * A fault.
   *
   * @param healedNanos when all was made good again
   * @param untilNanos when the next fault began, or the run ended
   */
  record Fault(String name, long healedNanos, long untilNanos) {}

  /** A time in which no gateway was there to answer; announced, not observed. */
  record Outage(long fromNanos, long untilNanos) {

    boolean overlaps(Op op) {
      return op.invokedNanos() - untilNanos <= 0 && op.completedNanos() - fromNanos >= 0;
    }

    /** How long it was, without what the machine was late. */
    Duration length(Lateness lateness) {
      return Duration.ofNanos(untilNanos - fromNanos - lateness.within(fromNanos, untilNanos));
    }
  }

  private record Healed(String name, long nanos) {}

  private final List<Fault> faults = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final List<Healed> open = new ArrayList<>();

  /** A fault begins, so what follows says nothing of how the one before was overcome. */
  synchronized void begins(long nanos) {
    open.forEach(healed -> faults.add(new Fault(healed.name(), healed.nanos(), nanos)));
    open.clear();
  }

  synchronized void healed(String name, long nanos) {
    open.add(new Healed(name, nanos));
  }

  synchronized void outage(long fromNanos, long untilNanos) {
    outages.add(new Outage(fromNanos, untilNanos));
  }

  synchronized void ended(long nanos) {
    begins(nanos);
  }

  synchronized List<Fault> faults() {
    return List.copyOf(faults);
  }

  synchronized List<Outage> outages() {
    return List.copyOf(outages);
  }
}

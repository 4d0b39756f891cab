package io.jethproxy.cache;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One question's way through the stages below, for all who ask it meanwhile. It runs on the loop of
 * the call that began it, its leader, and outlives the leader's client as long as somebody waits.
 *
 * <p>Two outcomes are not for everybody. A deadline that has passed is the leader's own; the others
 * set out again, led by the one with the most time left. And that something is not there may have
 * become wrong since the trip began; those who came later set out again, all of them together, so
 * that who has just sent a transaction is not told that it is unknown.
 *
 * <p>Who waits is guarded by a short lock; nothing is called inside it.
 */
final class Trip {

  /** How an attempt to join ended. */
  enum Joining {
    JOINED,
    FULL,
    /** The outcome is there, or nobody waits any more. */
    OVER
  }

  private final Coalesce coalesce;
  private final Coalesce.Question question;
  private final Waiter leader;
  private final Journal journal;
  private final Abandonment abandonment = new Abandonment();
  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private boolean over;

  Trip(Coalesce coalesce, Coalesce.Question question, Waiter leader) {
    this.coalesce = coalesce;
    this.question = question;
    this.leader = leader;
    Journal own = leader.call().journal();
    this.journal = new Journal(own.startNanos(), 0, own.trace());
    waiters.add(leader);
  }

  /** Another trip for some of those who were on one. */
  private Trip(Trip earlier, List<Waiter> left, Waiter leader) {
    this(earlier.coalesce, earlier.question, leader);
    waiters.addAll(left);
    left.forEach(waiter -> waiter.setLate(false));
  }

  /** From any thread. */
  synchronized Joining join(Waiter waiter) {
    if (over) {
      return Joining.OVER;
    }
    if (waiters.size() >= coalesce.waitersMax()) {
      return Joining.FULL;
    }
    waiter.setLate(true);
    waiters.add(waiter);
    return Joining.JOINED;
  }

  /** From any thread; the last one to leave ends the trip. */
  void leave(Waiter waiter) {
    synchronized (this) {
      if (over || !waiters.remove(waiter) || !waiters.isEmpty()) {
        return;
      }
      over = true;
    }
    coalesce.over(question, this);
    onLoop(leader.home(), abandonment::declare);
  }

  // On the leader's loop.

  void startWith(Waiter first) {
    first.lead(this);
    start();
  }

  void start() {
    if (isOver()) {
      return;
    }
    Call call = leader.call();
    Call own =
        new Call(
            call.network(),
            call.request(),
            call.method(),
            call.deadline(),
            journal,
            abandonment,
            call.moment());
    try {
      leader.next().handle(own).whenComplete(this::ended);
    } catch (RuntimeException | StackOverflowError defect) {
      ended(null, defect);
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  private void ended(@Nullable Outcome outcome, @Nullable Throwable defect) {
    List<Waiter> served;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      served = new ArrayList<>(waiters);
    }
    coalesce.over(question, this);
    if (outcome == null) {
      Throwable cause = defect == null ? new IllegalStateException("no outcome") : defect;
      served.forEach(waiter -> onLoop(waiter.home(), () -> waiter.fail(cause)));
      return;
    }
    if (served.size() == 1
        && served.getFirst().equals(leader)) { // as most are; nobody sets out again
      deliver(outcome);
      return;
    }
    List<Waiter> unserved = unserved(served, outcome);
    served.removeAll(Set.copyOf(unserved));
    deliver(served, outcome);
    setOutAgain(unserved, served.isEmpty());
  }

  /** To a leader who went alone. */
  private void deliver(Outcome outcome) {
    onLoop(leader.home(), () -> leader.arrive(outcome, journal));
  }

  private List<Waiter> unserved(List<Waiter> all, Outcome outcome) {
    if (isLeadersOwn(outcome)) {
      return all.stream().filter(waiter -> !waiter.equals(leader)).toList();
    }
    return isAbsence(outcome) ? all.stream().filter(Waiter::isLate).toList() : List.of();
  }

  private boolean isLeadersOwn(Outcome outcome) {
    return outcome instanceof Outcome.Refused(Refusal refusal)
        && refusal.kind() == Refusal.Kind.TIMEOUT
        && leader.call().deadline().isPast(coalesce.nowNanos());
  }

  /** Whether the outcome says that something is not there. */
  private boolean isAbsence(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer answer ->
          answer.result().isNull()
              || (leader.call().method().emptyIsSuspicious() && answer.result().is("[]"));
      case Outcome.Refused(Refusal refusal) -> refusal.kind() == Refusal.Kind.MISSING_DATA;
      case Outcome.Rejected _, Outcome.Unserved _ -> false;
    };
  }

  /** One task for each loop; the first of them all gets the journal. */
  private void deliver(List<Waiter> served, Outcome outcome) {
    Map<Executor, List<Waiter>> byLoop = new LinkedHashMap<>();
    served.forEach(
        waiter -> byLoop.computeIfAbsent(waiter.home(), _ -> new ArrayList<>()).add(waiter));
    byLoop.forEach((home, waiters) -> onLoop(home, () -> arrive(waiters, outcome, served)));
  }

  private void arrive(List<Waiter> waiters, Outcome outcome, List<Waiter> served) {
    for (Waiter waiter : waiters) {
      waiter.arrive(outcome, waiter.equals(served.getFirst()) ? journal : null);
    }
  }

  /**
   * @param withJournal whether nobody was told yet what was tried
   */
  private void setOutAgain(List<Waiter> unserved, boolean withJournal) {
    List<Waiter> left =
        unserved.stream()
            .filter(waiter -> !waiter.isGone())
            .filter(waiter -> !waiter.call().deadline().isPast(coalesce.nowNanos()))
            .toList();
    Optional<Waiter> last =
        left.stream().max(Comparator.comparingLong(waiter -> waiter.call().deadline().atNanos()));
    if (last.isEmpty()) {
      return;
    }
    Trip other = new Trip(this, left, last.get());
    if (withJournal) {
      copy(journal, other.journal);
    }
    left.forEach(waiter -> waiter.moveTo(other));
    coalesce.again(other);
  }

  private void onLoop(Executor home, Runnable action) {
    if (home.equals(coalesce.currentLoop())) {
      action.run();
    } else {
      home.execute(action);
    }
  }

  static void copy(Journal from, Journal to) {
    from.attempts().forEach(to::attempt);
    from.outlived().forEach(to::outlived);
    for (int i = 0; i < from.hedges(); i++) {
      to.hedged();
    }
  }

  Coalesce.Question question() {
    return question;
  }

  Waiter leader() {
    return leader;
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.rpc.RawJson;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Those in a crowd who want the same and stand at the same place: the feed's. */
final class Circle {

  private final Subject subject;
  private final Station station;
  private final Set<Subscription> members = new LinkedHashSet<>();

  Circle(Subject subject, Station station) {
    this.subject = subject;
    this.station = station;
  }

  void add(Subscription subscription) {
    members.add(subscription);
  }

  void remove(Subscription subscription) {
    members.remove(subscription);
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** A copy: who is told something may be gone then. */
  List<Subscription> members() {
    return List.copyOf(members);
  }

  /** Whether all that is wanted of a step is in what the feed tells of it. */
  boolean isAnswered(Deed deed) {
    return !(subject instanceof Subject.Logs(var criteria))
        || deed.index().isPresent()
        || !station.mayHaveAny(deed.step().block(), criteria);
  }

  /**
   * Tells all of them of a step.
   *
   * @param unsent told who has something to be flushed
   */
  void take(Deed deed, Consumer<Subscription> unsent) {
    List<RawJson> bodies = bodies(deed);
    for (Subscription member : members()) {
      if (!bodies.isEmpty() && member.position().isHeard(deed.step())) {
        bodies.forEach(member::tell);
        unsent.accept(member);
      }
      if (!member.isOver()) {
        member.moveBy(deed.step());
      }
    }
  }

  private List<RawJson> bodies(Deed deed) {
    if (!(subject instanceof Subject.Logs(var criteria))) {
      return deed.bodies();
    }
    return deed.index().isPresent() && criteria.covers(deed.step().block())
        ? deed.wanted(deed.index().get(), criteria)
        : List.of();
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Notice;
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
   * Tells all of them of a step; whether there was anything to tell.
   *
   * @param unsent told who has something to be flushed
   */
  boolean take(Deed deed, Consumer<Subscription> unsent) {
    Notice notice = new Notice(bodies(deed), Seat.TAIL);
    Position before = Position.NOWHERE;
    Position after = before;
    for (Subscription member : members()) {
      if (!notice.bodies().isEmpty() && member.position().isHeard(deed.step())) {
        tell(member, notice, unsent);
      }
      if (!member.isOver()) {
        // One object for all who stand at the same place, as nearly all do after their first step.
        if (!member.position().equals(before)) {
          before = member.position();
          after = before.then(deed.step());
        }
        member.moveTo(after);
      }
    }
    return !notice.bodies().isEmpty();
  }

  private static void tell(Subscription member, Notice notice, Consumer<Subscription> unsent) {
    if (!member.tellAlike(notice)) {
      notice.bodies().forEach(member::tell);
      unsent.accept(member);
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

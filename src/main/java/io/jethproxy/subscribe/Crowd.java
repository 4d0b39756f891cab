package io.jethproxy.subscribe;

import io.jethproxy.eth.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those on one event loop who listen to one feed: some stand where the feed is, in circles of the
 * same wishes, so that each step is looked at once for a whole circle; the others are on their way
 * there. Used on that loop only, save where it says otherwise.
 */
final class Crowd {

  private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);

  /** So few are written before they are sent that their bytes are still in the CPU's cache. */
  private static final int UNSENT_MAX = 32;

  /** Wishes that are the same; of those for headers there is one. */
  private record Sort(Hash filter, long from, long to) {

    private static final Sort HEADS = new Sort(Hash.ZERO, 0, Long.MAX_VALUE);

    static Sort of(Subject subject) {
      return subject instanceof Subject.Logs(var criteria)
          ? new Sort(criteria.key(), criteria.from(), criteria.to())
          : HEADS;
    }
  }

  private final Feed feed;
  private final Station station;
  private final Executor loop;
  private final Map<Sort, Circle> circles = new HashMap<>();
  private final Set<Chase> chases = new LinkedHashSet<>();
  private final List<Seat> unsent = new ArrayList<>();
  private Optional<Position> here = Optional.empty();
  private int size;

  /** Which of its visits to the feed this is: what was said on an earlier one does not count. */
  private int visit;

  Crowd(Feed feed, Station station, Executor loop) {
    this.feed = feed;
    this.station = station;
    this.loop = loop;
  }

  Station station() {
    return station;
  }

  /** Where the feed is, as far as this loop has heard; empty before it has. */
  Optional<Position> here() {
    return here;
  }

  /** Somebody listens from where he stands, perhaps after some older blocks. */
  void add(Subscription subscription, Optional<History> before) {
    if (size++ == 0) {
      here = Optional.empty();
      feed.join(this, ++visit);
    }
    sendOut(subscription, before).go();
  }

  private Chase sendOut(Subscription subscription, Optional<History> before) {
    Chase chase = new Chase(subscription, this, before);
    chases.add(chase);
    subscription.onEnd(() -> {
      chases.remove(chase);
      chase.end();
      gone();
    });
    return chase;
  }

  private void gone() {
    if (--size == 0) {
      here = Optional.empty();
      feed.leave(this);
    }
  }

  /** One who has come to where the feed is. */
  void arrived(Chase chase) {
    Subscription subscription = chase.subscription();
    chases.remove(chase);
    Sort sort = Sort.of(subscription.subject());
    Circle circle = circles.computeIfAbsent(sort, _ -> new Circle(subscription.subject(), station));
    circle.add(subscription);
    subscription.onEnd(() -> {
      circle.remove(subscription);
      if (circle.isEmpty()) {
        circles.remove(sort, circle);
      }
      gone();
    });
  }

  /** On another turn of this loop. */
  void soon(Runnable action) {
    onLoop(action);
  }

  /** To be flushed soon, at the end of the turn at the latest. */
  void unsent(Subscription subscription) {
    if (subscription.seat().isToBeNoted()) {
      unsent.add(subscription.seat());
      if (unsent.size() >= UNSENT_MAX) {
        flush();
      }
    }
  }

  private void flush() {
    unsent.forEach(Seat::flush);
    unsent.clear();
  }

  // From the feed's loop.

  void began(int onVisit, Position position) {
    onLoop(() -> {
      if (onVisit == visit && size > 0) {
        here = Optional.of(position);
        chaseOn();
      }
    });
  }

  void handed(Parcel parcel) {
    onLoop(() -> {
      here.ifPresent(from -> take(parcel, from));
      station.told(parcel);
    });
  }

  /** Nobody who listens can be told what comes next. */
  void lost(String why) {
    onLoop(() -> {
      List<Subscription> all = new ArrayList<>();
      circles.values().forEach(circle -> all.addAll(circle.members()));
      all.forEach(each -> each.lost(why));
    });
  }

  private void onLoop(Runnable action) {
    try {
      loop.execute(action);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("a loop has nobody to tell any more: the gateway is closing");
    }
  }

  // On the loop.

  private void take(Parcel parcel, Position from) {
    Position at = from;
    for (int i = 0; i < parcel.deeds().size(); i++) {
      Deed deed = parcel.deeds().get(i);
      at = at.then(deed.step());
      for (Circle circle : List.copyOf(circles.values())) {
        if (circle.isAnswered(deed)) {
          if (circle.take(deed, this::unsent)) {
            parcel.heard(i);
          }
        } else {
          disband(circle);
        }
      }
    }
    here = Optional.of(at);
    flush();
    chaseOn();
  }

  /** Who wants logs that nobody has looked for goes on alone, and looks for them. */
  private void disband(Circle circle) {
    circles.values().remove(circle);
    circle.members().forEach(member -> sendOut(member, Optional.empty()));
  }

  private void chaseOn() {
    List.copyOf(chases).forEach((Consumer<Chase>) Chase::go);
  }
}

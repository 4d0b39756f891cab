package io.jethproxy.subscribe;

import io.jethproxy.rpc.RawJson;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Those on one event loop who are all told the same. Used on that loop only. */
final class Listeners {

  private final Set<Subscription> all = new LinkedHashSet<>();

  void add(Subscription subscription) {
    all.add(subscription);
  }

  void remove(Subscription subscription) {
    all.remove(subscription);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Tells all of them all of it. */
  void tell(List<RawJson> bodies) {
    for (Subscription each : List.copyOf(all)) {
      bodies.forEach(each::tell);
      each.seat().flush();
    }
  }
}

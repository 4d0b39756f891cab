package io.jethproxy.subscribe;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Some steps that a feed has taken, as they are handed to each event loop. From any thread. */
final class Parcel {

  private final List<Deed> deeds;
  private final Feed.Kind kind;
  private final long sinceNanos;
  private final AtomicInteger loops;
  private volatile boolean isHeard;

  /**
   * @param kind of the feed
   * @param sinceNanos when the first of the blocks became part of the chain here
   * @param loops how many it is handed to
   */
  Parcel(List<Deed> deeds, Feed.Kind kind, long sinceNanos, int loops) {
    this.deeds = List.copyOf(deeds);
    this.kind = kind;
    this.sinceNanos = sinceNanos;
    this.loops = new AtomicInteger(loops);
  }

  List<Deed> deeds() {
    return deeds;
  }

  Feed.Kind kind() {
    return kind;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Somebody was told something of it. */
  void heard() {
    isHeard = true;
  }

  boolean isHeard() {
    return isHeard;
  }

  /** One of the loops is through with it; whether it was the last. */
  boolean isThrough() {
    return loops.decrementAndGet() == 0;
  }
}

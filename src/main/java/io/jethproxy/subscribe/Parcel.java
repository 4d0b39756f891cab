package io.jethproxy.subscribe;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Some steps that a feed has taken, as they are handed to each event loop. From any thread. */
final class Parcel {

  private final List<Deed> deeds;
  private final Feed.Kind kind;
  private final List<OptionalLong> arrivalsNanos;
  private final AtomicInteger loops;
  private final AtomicIntegerArray heard;

  /**
   * @param kind of the feed
   * @param arrivalsNanos when the block of each became part of the chain here; empty for those that
   *     left it
   * @param loops how many it is handed to
   */
  Parcel(List<Deed> deeds, Feed.Kind kind, List<OptionalLong> arrivalsNanos, int loops) {
    this.deeds = List.copyOf(deeds);
    this.kind = kind;
    this.arrivalsNanos = List.copyOf(arrivalsNanos);
    this.heard = new AtomicIntegerArray(deeds.size());
    this.loops = new AtomicInteger(loops);
  }

  List<Deed> deeds() {
    return deeds;
  }

  Feed.Kind kind() {
    return kind;
  }

  /** Somebody was told something of this one. */
  void heard(int index) {
    heard.set(index, 1);
  }

  /** When the blocks that somebody was told of became part of the chain here. */
  LongStream heardArrivalsNanos() {
    return IntStream.range(0, deeds.size())
        .filter(index -> heard.get(index) == 1)
        .mapToObj(arrivalsNanos::get)
        .flatMapToLong(OptionalLong::stream);
  }

  /** One of the loops is through with it; whether it was the last. */
  boolean isThrough() {
    return loops.decrementAndGet() == 0;
  }
}

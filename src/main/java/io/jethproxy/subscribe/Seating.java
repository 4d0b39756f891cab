package io.jethproxy.subscribe;

import io.jethproxy.call.Line;
import io.jethproxy.call.Ticker;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The seats of all lines that listen, and how much room is left for more: subscriptions, those
 * whose beginning is looked for among them, and the bytes of what they ask for. From any thread; a
 * line's own seat on its loop.
 */
final class Seating {

  private final Subscriptions.Config config;
  private final Ticker ticker;
  private final Lookups lookups = new Lookups();
  private final Map<Line, Seat> seats = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Seating(Subscriptions.Config config, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
  }

  /** How many subscriptions there are, those whose beginning is looked for among them. */
  int open() {
    return count.get();
  }

  /** How many lines have ever wanted one and not ended. */
  int lines() {
    return seats.size();
  }

  boolean isFull(Line line, Subject subject) {
    Seat seat = seats.get(line);
    return (seat != null && seat.size() >= config.perLineMax())
        || count.get() >= config.countMax()
        || bytes.get() + subject.bytes() > config.bytesMax();
  }

  /**
   * The seat of a line; of one that has ended none is kept.
   *
   * @param loop the line's
   */
  Seat seat(Line line, Executor loop) {
    Seat known = seats.get(line);
    if (known != null) {
      return known;
    }
    Seat seat = new Seat(line, new LineLookups(lookups, loop, ticker));
    seats.put(line, seat);
    line.onEnd(() -> left(line));
    return seat;
  }

  /** Whether its line has not ended. */
  boolean isKept(Seat seat) {
    return seats.containsKey(seat.line());
  }

  /** It counts from now on, so that looking for beginnings is bounded as subscriptions are. */
  void expect(Seat seat, Subject subject) {
    seat.expect();
    add(subject);
  }

  /** The one that was expected has come, or will not. */
  void expectNoMore(Seat seat, Subject subject) {
    seat.expectNoMore();
    remove(subject);
  }

  void take(Subscription subscription) {
    subscription.seat().add(subscription);
    add(subscription.subject());
  }

  /** Ends one; false when the line has none of this id. */
  boolean end(Line line, String id) {
    Optional<Subscription> ended =
        Optional.ofNullable(seats.get(line)).flatMap(seat -> seat.remove(id));
    ended.ifPresent(this::forget);
    return ended.isPresent();
  }

  /** A line has ended, and with it all that was told on it. */
  private void left(Line line) {
    Seat seat = seats.remove(line);
    if (seat != null) {
      seat.clear().forEach(this::forget);
    }
  }

  private void forget(Subscription subscription) {
    subscription.end();
    remove(subscription.subject());
    subscription.station().unheard(subscription);
  }

  private void add(Subject subject) {
    count.incrementAndGet();
    bytes.addAndGet(subject.bytes());
  }

  private void remove(Subject subject) {
    count.decrementAndGet();
    bytes.addAndGet(-subject.bytes());
  }
}

package io.jethproxy.fleet;

import io.jethproxy.call.Ticker;
import java.util.PriorityQueue;

/** A clock that stands still until it is turned; alarms ring in the order of their time. */
public final class HandTicker implements Ticker {

  private final PriorityQueue<Pending> alarms = new PriorityQueue<>();
  private long now = Long.MAX_VALUE - 1_000_000; // soon overflows: times are differences only
  private long order;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Alarm alarm(long afterNanos, Runnable action) {
    Pending pending = new Pending(now + Math.max(0, afterNanos), order++, action);
    alarms.add(pending);
    return () -> pending.cancelled = true;
  }

  public void advanceMillis(long millis) {
    advance(millis * 1_000_000);
  }

  public void advance(long nanos) {
    long until = now + nanos;
    while (!alarms.isEmpty() && alarms.peek().at - until <= 0) {
      Pending next = alarms.remove();
      if (!next.cancelled) {
        now = next.at - now > 0 ? next.at : now;
        next.action.run();
      }
    }
    now = until;
  }

  /** The machine stands still: time passes, but what was due in it happens only at its end. */
  public void standStillMillis(long millis) {
    now += millis * 1_000_000;
    advance(0);
  }

  private static final class Pending implements Comparable<Pending> {
    final long at;
    final long order;
    final Runnable action;
    boolean cancelled;

    Pending(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    @Override
    public int compareTo(Pending other) {
      return at == other.at ? Long.compare(order, other.order) : Long.signum(at - other.at);
    }
  }
}

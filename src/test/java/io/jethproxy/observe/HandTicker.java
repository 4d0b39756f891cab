package io.jethproxy.observe;

import io.jethproxy.call.Ticker;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** Time that only the test turns. */
final class HandTicker implements Ticker {

  private record Pending(long atNanos, Runnable action) {}

  private final PriorityQueue<Pending> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Pending::atNanos));
  private long now;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Alarm alarm(long afterNanos, Runnable action) {
    Pending pending = new Pending(now + Math.max(0, afterNanos), action);
    alarms.add(pending);
    return () -> alarms.remove(pending);
  }

  void turnSeconds(long seconds) {
    long until = now + TimeUnit.SECONDS.toNanos(seconds);
    while (!alarms.isEmpty() && alarms.element().atNanos <= until) {
      Pending due = alarms.remove();
      now = due.atNanos;
      due.action.run();
    }
    now = until;
  }
}

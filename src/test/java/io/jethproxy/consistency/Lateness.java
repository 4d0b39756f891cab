package io.jethproxy.consistency;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the machine kept this process waiting, moment by moment, as one thread of it finds: it
 * sleeps a little, works a little, and notes by how much that took longer than it should. What must
 * happen in time cannot happen in time that nobody was given. Times are of {@link System#nanoTime}.
 */
final class Lateness implements AutoCloseable {

  private static final long SLEEP_NANOS = 5_000_000;
  private static final long WORK_NANOS = 200_000;

  /** Less is what timers and a machine that is not busy cost. */
  private static final long COUNTED_NANOS = 2_000_000;

  private static final int STALLS_MAX = 1_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final NavigableMap<Long, Long> stalls = new ConcurrentSkipListMap<>();
  private volatile boolean going = true;

  private Lateness() {}

  /** Of a machine that is never late. */
  static Lateness none() {
    return new Lateness();
  }

  /** Begins to measure. */
  static Lateness measured() {
    Lateness measured = new Lateness();
    Thread.ofPlatform().daemon().name("lateness").start(measured::measure);
    return measured;
  }

  /** The process was kept waiting from then until then; stalls do not overlap. */
  void stalled(long fromNanos, long untilNanos) {
    if (stalls.size() < STALLS_MAX) {
      stalls.put(fromNanos, untilNanos);
    }
  }

  /** How much of this time it was kept waiting. */
  long within(long fromNanos, long untilNanos) {
    Long first = stalls.floorKey(fromNanos);
    long sum = 0;
    for (Map.Entry<Long, Long> stall :
        stalls.subMap(first == null ? fromNanos : first, true, untilNanos, true).entrySet()) {
      long from = Math.max(stall.getKey(), fromNanos);
      long until = Math.min(stall.getValue(), untilNanos);
      sum += Math.max(0, until - from);
    }
    return sum;
  }

  /**
   * The latest moment before {@code nanos} since which there was so much time, stalls not counted.
   */
  long before(long nanos, Duration time) {
    long from = nanos - time.toNanos();
    long wanted = nanos - time.toNanos() - within(from, nanos);
    while (wanted < from) {
      from = wanted;
      wanted = nanos - time.toNanos() - within(from, nanos);
    }
    return from;
  }

  /** All of it. */
  Duration sum() {
    return Duration.ofNanos(
        stalls.entrySet().stream().mapToLong(stall -> stall.getValue() - stall.getKey()).sum());
  }

  @Override
  public void close() {
    going = false;
  }

  private void measure() {
    while (going) {
      long due = System.nanoTime() + SLEEP_NANOS + WORK_NANOS;
      LockSupport.parkNanos(SLEEP_NANOS);
      work();
      long now = System.nanoTime();
      if (now - due > COUNTED_NANOS) {
        stalled(due, now);
      }
    }
  }

  /** Of the processor's time, not of the clock's. */
  private static void work() {
    long until = THREADS.getCurrentThreadCpuTime() + WORK_NANOS;
    while (THREADS.getCurrentThreadCpuTime() < until) {
      Thread.onSpinWait();
    }
  }
}

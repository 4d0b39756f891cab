package io.jethproxy.observe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The entries that wait for Loki, those on their way included, bounded by count and by bytes; when
 * full, the oldest that is not on its way gives way and is counted. The lock is held for a few
 * instructions only.
 *
 * <p>An entry gets its time in nanoseconds here, once: later than the one before it, unless the
 * clock was set back. So an entry that is sent twice is the same to Loki, and kept once.
 */
final class LokiQueue {

  /** A clock that goes back by less is taken for one that stands still. */
  private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** An entry and its time in nanoseconds since 1970. */
  record Stamped(long epochNanos, LogEntry entry) {}

  /** How much is too much, or enough. */
  record Measure(int lines, long bytes) {

    boolean isReached(int givenLines, long givenBytes) {
      return givenLines >= lines || givenBytes >= bytes;
    }

    boolean isExceeded(int givenLines, long givenBytes) {
      return givenLines > lines || givenBytes > bytes;
    }
  }

  private final Measure room;
  private final Measure batch;
  private final ArrayDeque<Stamped> entries = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long bytes;
  private int linesUnderWay;
  private long bytesUnderWay;
  private long lastNanos = Long.MIN_VALUE;
  private long dropped;
  private long lateLines;
  private boolean closed;

  /**
   * A queue.
   *
   * @param room what it holds at most
   * @param batch what is enough to be taken without waiting for more, and taken at most
   */
  LokiQueue(Measure room, Measure batch) {
    this.room = room;
    this.batch = batch;
  }

  /** Keeps the entry, in the place of the oldest ones if it must; never waits. */
  void offer(LogEntry entry) {
    lock.lock();
    try {
      if (closed) {
        lateLines++;
        return;
      }
      long weight = entry.weightBytes();
      while (isExceededWith(weight) && !entries.isEmpty()) {
        bytes -= entries.remove().entry().weightBytes();
        dropped++;
      }
      if (isExceededWith(weight)) {
        dropped++;
        return;
      }
      boolean wasEnough = isEnough();
      entries.add(new Stamped(stamp(entry), entry));
      bytes += weight;
      if (entries.size() == 1 || wasEnough != isEnough()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the oldest entries, as many as make a batch, and at least one. Waits for the first one,
   * then for a batch or as long as said; gives nothing when the queue is closed and empty. They
   * count as waiting until {@link #settle} or {@link #giveBack}.
   */
  List<Stamped> take(long lingerNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (entries.isEmpty() && !closed) {
        changed.await();
      }
      long leftNanos = lingerNanos;
      while (!isEnough() && !closed && leftNanos > 0) {
        leftNanos = changed.awaitNanos(leftNanos);
      }
      return takeBatch();
    } finally {
      lock.unlock();
    }
  }

  /** What was taken waits no more. */
  void settle() {
    lock.lock();
    try {
      linesUnderWay = 0;
      bytesUnderWay = 0;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken waits again, before all others; there is room, as it was counted all along. */
  void giveBack(List<Stamped> taken) {
    lock.lock();
    try {
      for (Stamped stamped : taken.reversed()) {
        entries.addFirst(stamped);
        bytes += stamped.entry().weightBytes();
      }
      linesUnderWay = 0;
      bytesUnderWay = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits as long as said, or until the queue is closed. */
  void awaitClosed(long nanos) throws InterruptedException {
    long leftNanos = nanos;
    lock.lockInterruptibly();
    try {
      while (!closed && leftNanos > 0) {
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more entries; what is there can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Closes and empties it; what was there counts as {@link #lateLines}. */
  void abandon() {
    lock.lock();
    try {
      closed = true;
      lateLines += entries.size();
      entries.clear();
      bytes = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Entries that gave way to newer ones. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Entries that came after the end, or were there at the end. */
  long lateLines() {
    lock.lock();
    try {
      return lateLines;
    } finally {
      lock.unlock();
    }
  }

  long waitingBytes() {
    lock.lock();
    try {
      return bytes + bytesUnderWay;
    } finally {
      lock.unlock();
    }
  }

  private List<Stamped> takeBatch() {
    List<Stamped> taken = new ArrayList<>();
    while (!entries.isEmpty()) {
      long weight = entries.element().entry().weightBytes();
      if (!taken.isEmpty() && batch.isExceeded(taken.size() + 1, bytesUnderWay + weight)) {
        break;
      }
      taken.add(entries.remove());
      bytes -= weight;
      bytesUnderWay += weight;
    }
    linesUnderWay = taken.size();
    return taken;
  }

  private boolean isEnough() {
    return batch.isReached(entries.size(), bytes);
  }

  private boolean isExceededWith(long weight) {
    return room.isExceeded(entries.size() + linesUnderWay + 1, bytes + bytesUnderWay + weight);
  }

  private long stamp(LogEntry entry) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(entry.epochMillis());
    if (nanos <= lastNanos && lastNanos - nanos < STEP_NANOS) {
      nanos = lastNanos + 1;
    }
    lastNanos = nanos;
    return nanos;
  }
}

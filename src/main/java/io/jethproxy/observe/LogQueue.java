package io.jethproxy.observe;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The entries that wait for one sink, bounded by count and by bytes; when full, the newest is
 * dropped and counted. The lock is held for a few instructions only, never during a write.
 */
final class LogQueue {

  private final int entriesMax;
  private final long bytesMax;
  private final ArrayDeque<LogEntry> entries = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long bytes;
  private long dropped;
  private boolean closed;

  LogQueue(int entriesMax, long bytesMax) {
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
  }

  /** Keeps the entry, or drops and counts it when there is no room; never waits for room. */
  void offer(LogEntry entry) {
    lock.lock();
    try {
      if (closed || entries.size() >= entriesMax || bytes + entry.weightBytes() > bytesMax) {
        dropped++;
        return;
      }
      entries.add(entry);
      bytes += entry.weightBytes();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is worth making an entry: the queue may be full by the time it is offered. */
  boolean hasRoom() {
    lock.lock();
    try {
      return !closed && entries.size() < entriesMax && bytes < bytesMax;
    } finally {
      lock.unlock();
    }
  }

  /** Counts an entry that was not even made. */
  void drop() {
    lock.lock();
    try {
      dropped++;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest entry; null when none came within the wait, or the queue is closed and empty. */
  @Nullable LogEntry take(long waitMillis) throws InterruptedException {
    long leftNanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
    lock.lock();
    try {
      while (entries.isEmpty() && !closed && leftNanos > 0) {
        leftNanos = changed.awaitNanos(leftNanos);
      }
      LogEntry entry = entries.poll();
      bytes -= entry == null ? 0 : entry.weightBytes();
      return entry;
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

  boolean isFinished() {
    lock.lock();
    try {
      return closed && entries.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  boolean isHalfEmpty() {
    lock.lock();
    try {
      return entries.size() <= entriesMax / 2 && bytes <= bytesMax / 2;
    } finally {
      lock.unlock();
    }
  }

  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }
}

package io.jethproxy.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What a {@link FakeProvider} was asked, counted by method, with conditions to wait on. Keeps at
 * most 100,000 requests and 64 MiB of bodies, oldest dropped first; the counts stay exact.
 */
final class RequestLog {

  private static final int REQUESTS_MAX = 100_000;
  private static final long BODY_BYTES_MAX = 64L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private long bodyBytes;
  private int total;

  void add(Asked request) {
    change(() -> {
      asked.addLast(request);
      bodyBytes += request.body().length();
      while (asked.size() > REQUESTS_MAX || (bodyBytes > BODY_BYTES_MAX && asked.size() > 1)) {
        bodyBytes -= asked.removeFirst().body().length();
      }
      total++;
      counts.merge(request.method(), 1, Integer::sum);
    });
  }

  /** Changes something that may be waited for. */
  void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<Asked> all() {
    lock.lock();
    try {
      return List.copyOf(asked);
    } finally {
      lock.unlock();
    }
  }

  int total() {
    lock.lock();
    try {
      return total;
    } finally {
      lock.unlock();
    }
  }

  int count(String method) {
    lock.lock();
    try {
      return counts.getOrDefault(method, 0);
    } finally {
      lock.unlock();
    }
  }

  void forget() {
    change(() -> {
      asked.clear();
      counts.clear();
      bodyBytes = 0;
      total = 0;
    });
  }

  /** Waits until {@code reached}, which is asked after each change and under this log's lock. */
  void await(String what, Duration atMost, BooleanSupplier reached) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (left <= 0) {
          throw new AssertionError(
              "within " + atMost + ": no " + what + "; asked so far: " + new TreeMap<>(counts));
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    } finally {
      lock.unlock();
    }
  }
}

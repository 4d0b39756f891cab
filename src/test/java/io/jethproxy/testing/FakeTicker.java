package io.jethproxy.testing;

import io.jethproxy.call.Ticker;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that stands still until a test turns it. An alarm rings on the Netty event loop of the
 * thread that set it; alarms set elsewhere ring on the thread that turns the time.
 */
public final class FakeTicker implements Ticker {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Runs an action where the alarm was set; {@code TURNER} stands for the turning thread. */
  private static final Executor TURNER = Runnable::run;

  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock turning = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeSet<Pending> pending =
      new TreeSet<>(Comparator.comparingLong(Pending::dueNanos).thenComparingLong(Pending::order));
  private long orders;
  private volatile long now = TimeUnit.HOURS.toNanos(1);

  private record Pending(long dueNanos, long order, Executor loop, Runnable action) {}

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Alarm alarm(long afterNanos, Runnable action) {
    Executor loop = loopOfThisThread();
    if (afterNanos <= 0) {
      loop.execute(action);
      return () -> {};
    }
    lock.lock();
    try {
      Pending alarm = new Pending(now + afterNanos, orders++, loop, action);
      pending.add(alarm);
      changed.signalAll();
      return () -> cancel(alarm);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Turns the time forward, rings what is due in the order of its time, alarms set meanwhile
   * included, and returns when their actions have run, with the tasks they gave to their own loop.
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("advance: " + by + " (expected: not negative)");
    }
    turning.lock();
    try {
      long until = now + by.toNanos();
      for (Pending due = takeDue(until); due != null; due = takeDue(until)) {
        run(due.loop(), due.action());
        run(due.loop(), () -> {});
      }
      now = until;
    } finally {
      turning.unlock();
    }
  }

  public void advanceMillis(long millis) {
    advance(Duration.ofMillis(millis));
  }

  /** Alarms that have neither rung nor been cancelled; 0 when nothing leaks. */
  public int pending() {
    lock.lock();
    try {
      return pending.size();
    } finally {
      lock.unlock();
    }
  }

  /** How long until the next alarm, if there is one. */
  public Optional<Duration> next() {
    lock.lock();
    try {
      return pending.isEmpty()
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(pending.first().dueNanos() - now));
    } finally {
      lock.unlock();
    }
  }

  /** Waits in real time until at least {@code n} alarms are pending, set by other threads. */
  public void awaitPending(int n, Duration atMost) {
    await(n, atMost, () -> pending.size() >= n);
  }

  /** Waits in real time until at most {@code n} alarms are pending. */
  public void awaitAtMost(int n, Duration atMost) {
    await(n, atMost, () -> pending.size() <= n);
  }

  private void await(int n, Duration atMost, java.util.function.BooleanSupplier reached) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (left <= 0) {
          throw new AssertionError(
              "within " + atMost + ": " + pending.size() + " alarms pending (expected: " + n + ")");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for alarms", e);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Pending alarm) {
    lock.lock();
    try {
      pending.remove(alarm);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The earliest alarm due by then, taken, with the time set to its moment; null if there is none.
   */
  private Pending takeDue(long until) {
    lock.lock();
    try {
      if (pending.isEmpty() || pending.first().dueNanos() > until) {
        return null;
      }
      Pending due = pending.pollFirst();
      now = Math.max(now, due.dueNanos());
      changed.signalAll();
      return due;
    } finally {
      lock.unlock();
    }
  }

  private static void run(Executor loop, Runnable action) {
    if (loop.equals(TURNER) || loop.equals(loopOfThisThread())) {
      action.run();
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        action.run();
        done.complete(null);
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    try {
      done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("an alarm's action failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("an alarm's action did not end within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while an alarm rang", e);
    }
  }

  private static Executor loopOfThisThread() {
    EventExecutor netty = ThreadExecutorMap.currentExecutor();
    return netty != null && netty.inEventLoop() ? netty : TURNER;
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Event loops that one thread plays: each runs its tasks in order, and which loop is next is up to
 * chance, so that a seed names an interleaving.
 */
final class FakeLoops {

  /** One of them. */
  final class Loop implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    private void runOne() {
      Loop before = current;
      current = this;
      try {
        tasks.removeFirst().run();
      } finally {
        current = before;
      }
    }
  }

  private final List<Loop> loops = new ArrayList<>();
  private final Random random;
  private Loop current;

  FakeLoops(int count, long seed) {
    this.random = new Random(seed);
    for (int i = 0; i < count; i++) {
      loops.add(new Loop());
    }
    current = loops.getFirst();
  }

  Loop get(int index) {
    return loops.get(index);
  }

  /** The loop whose task is run. */
  Loop current() {
    return current;
  }

  /** Runs so many tasks at most. */
  void run(int tasks) {
    for (int i = 0; i < tasks; i++) {
      List<Loop> busy = loops.stream().filter(loop -> !loop.tasks.isEmpty()).toList();
      if (busy.isEmpty()) {
        return;
      }
      busy.get(random.nextInt(busy.size())).runOne();
    }
  }

  /** Runs all there is. */
  void run() {
    run(Integer.MAX_VALUE);
  }

  /** Does something on a loop, and all that follows. */
  void on(Loop loop, Runnable task) {
    loop.execute(task);
    run();
  }

  /** Alarms ring on the loop that set them. */
  Ticker on(Ticker ticker) {
    return new Ticker() {
      @Override
      public long nanos() {
        return ticker.nanos();
      }

      @Override
      public Alarm alarm(long afterNanos, Runnable action) {
        Loop own = current;
        return ticker.alarm(afterNanos, () -> own.execute(action));
      }
    };
  }
}

package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.fleet.HandTicker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final HandTicker ticker = new HandTicker();
  private final RetryBudget budget = new RetryBudget(RetryBudget.Config.RETRIES, ticker);

  @Test
  void startsWithTheSavingsOfItsFloor() {
    assertThat(takeAll(budget)).isEqualTo(100);
  }

  @Test
  void earnsAFifthOfTheCalls() {
    takeAll(budget);
    for (int i = 0; i < 1000; i++) {
      budget.earn();
    }

    assertThat(takeAll(budget)).isEqualTo(200);
  }

  @Test
  void savesTenSecondsWorthAtMost() {
    for (int i = 0; i < 60_000; i++) {
      budget.earn();
      ticker.advanceMillis(1);
    }

    assertThat(budget.balance()).isBetween(2050.0, 2110.0);
  }

  @Test
  void forgetsWhatWasNotSpent() {
    for (int i = 0; i < 10_000; i++) {
      budget.earn();
    }
    assertThat(budget.balance()).isBetween(2099.0, 2101.0);
    ticker.advanceMillis(60_000);

    assertThat(budget.balance()).isBetween(99.0, 107.0);
  }

  @Test
  void letsTenASecondThroughWhateverHappens() {
    takeAll(budget);
    int taken = 0;
    for (int i = 0; i < 10_000; i++) {
      ticker.advanceMillis(1);
      taken += budget.take() ? 1 : 0;
    }

    assertThat(taken).isBetween(95, 100);
  }

  @Test
  void boundsTheTriesOfAMinuteUnderAnyFault() {
    int calls = 0;
    int tries = 0;
    for (int i = 0; i < 60_000; i++) {
      budget.earn();
      calls++;
      while (budget.take()) {
        tries++;
      }
      ticker.advanceMillis(1);
    }

    assertThat((double) tries / calls).isBetween(0.2, 0.215);
  }

  @Test
  void losesNothingBetweenThreads() throws InterruptedException {
    takeAll(budget);
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(4);
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(() -> {
                ready.countDown();
                for (int i = 0; i < 10_000; i++) {
                  budget.earn();
                  if (budget.take()) {
                    taken.incrementAndGet();
                  }
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(ready.getCount()).isZero();
    assertThat(taken.get() + takeAll(budget)).isBetween(7999, 8000);
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    assertThatThrownBy(() -> new RetryBudget.Config(1.5, 0, 1))
        .hasMessage("ratio: 1.5 (expected: 0..1)");
    assertThatThrownBy(() -> new RetryBudget.Config(0.5, -1, 1))
        .hasMessage("floorPerSecond: -1.0 (expected: >= 0)");
    assertThatThrownBy(() -> new RetryBudget.Config(0.5, 1, 0))
        .hasMessage("ttlMillis: 0 (expected: > 0)");
  }

  private static int takeAll(RetryBudget budget) {
    int taken = 0;
    while (budget.take()) {
      taken++;
    }
    return taken;
  }
}

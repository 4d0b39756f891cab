package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.fleet.HandTicker;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AttentionTest {

  private final HandTicker ticker = new HandTicker();
  private int wakes;
  private final Attention attention = new Attention(ticker, true, () -> wakes++);

  @Test
  void isAwakeAtTheStartAndIdleAfterAMinute() {
    assertThat(attention.isIdle()).isFalse();
    ticker.advanceMillis(59_000);
    assertThat(attention.isIdle()).isFalse();
    ticker.advanceMillis(1_000);
    assertThat(attention.isIdle()).isTrue();
  }

  @Test
  void questionsAtTheStartWaitUntilTheChainIsKnown() {
    CompletableFuture<Void> first = attention.asked();
    assertThat(first).isNotDone();

    attention.awoken();

    assertThat(first).isCompleted();
    assertThat(attention.asked()).isCompleted();
    assertThat(wakes).isZero();
  }

  @Test
  void questionsAtTheStartWaitTwoSecondsAtMost() {
    CompletableFuture<Void> first = attention.asked();
    ticker.advanceMillis(1_999);
    assertThat(first).isNotDone();

    ticker.advanceMillis(1);

    assertThat(first).isCompleted();
  }

  @Test
  void staysAwakeWhileSomebodyAsks() {
    for (int i = 0; i < 10; i++) {
      ticker.advanceMillis(50_000);
      assertThat(attention.asked()).isCompleted();
    }

    assertThat(wakes).isZero();
    assertThat(attention.isIdle()).isFalse();
  }

  @Test
  void theFirstQuestionWakesItOnceAndAllWaitUntilItIsAwake() {
    ticker.advanceMillis(60_000);
    CompletableFuture<Void> first = attention.asked();
    CompletableFuture<Void> second = attention.asked();

    assertThat(wakes).isOne();
    assertThat(attention.isIdle()).isFalse();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    attention.awoken();
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(attention.asked()).isCompleted();
  }

  @Test
  void nobodyWaitsLongerThanTwoSecondsForProvidersThatSayNothing() {
    ticker.advanceMillis(60_000);
    CompletableFuture<Void> waiting = attention.asked();
    ticker.advanceMillis(1_999);
    assertThat(waiting).isNotDone();

    ticker.advanceMillis(1);
    assertThat(waiting).isCompleted();
    assertThat(attention.asked()).isCompleted();
  }

  @Test
  void neverSleepsWhereItMustNot() {
    Attention sleepless = new Attention(ticker, false, () -> wakes++);
    ticker.advanceMillis(3_600_000);

    assertThat(sleepless.isIdle()).isFalse();
    assertThat(sleepless.asked()).isCompleted();
    assertThat(wakes).isZero();
  }
}

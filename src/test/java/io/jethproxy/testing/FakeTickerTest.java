package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.call.Ticker.Alarm;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FakeTickerTest {

  private final FakeTicker ticker = new FakeTicker();
  private final List<String> rung = new ArrayList<>();

  @Test
  void standsStillUntilTurned() {
    long before = ticker.nanos();

    assertThat(ticker.nanos()).isEqualTo(before);
    ticker.advance(Duration.ofSeconds(2));
    assertThat(ticker.millisSince(before)).isEqualTo(2_000);
  }

  @Test
  void ringsInTheOrderOfTimeAndOfSettingWhenTimesAreEqual() {
    ticker.alarm(millis(20), () -> rung.add("late"));
    ticker.alarm(millis(10), () -> rung.add("early"));
    ticker.alarm(millis(10), () -> rung.add("early too"));
    ticker.alarm(millis(21), () -> rung.add("not yet"));

    ticker.advanceMillis(20);

    assertThat(rung).containsExactly("early", "early too", "late");
    assertThat(ticker.pending()).isEqualTo(1);
    assertThat(ticker.next()).contains(Duration.ofMillis(1));
  }

  @Test
  void showsTheMomentOfTheAlarmWhileItRings() {
    long before = ticker.nanos();
    ticker.alarm(millis(10), () -> rung.add("at " + ticker.millisSince(before)));

    ticker.advanceMillis(50);

    assertThat(rung).containsExactly("at 10");
    assertThat(ticker.millisSince(before)).isEqualTo(50);
  }

  @Test
  void ringsAlarmsThatAreSetByAlarmsWhenTheyAreDueToo() {
    ticker.alarm(millis(10), () -> ticker.alarm(millis(5), () -> rung.add("second")));

    ticker.advanceMillis(14);
    assertThat(rung).isEmpty();
    ticker.advanceMillis(1);
    assertThat(rung).containsExactly("second");
  }

  @Test
  void forgetsAlarmsThatAreCancelled() {
    Alarm alarm = ticker.alarm(millis(10), () -> rung.add("cancelled"));

    alarm.cancel();
    ticker.advanceMillis(10);

    assertThat(rung).isEmpty();
    assertThat(ticker.pending()).isZero();
    alarm.cancel();
  }

  @Test
  void ringsAtOnceWhenTheTimeIsNotPositive() {
    ticker.alarm(0, () -> rung.add("at once"));

    assertThat(rung).containsExactly("at once");
  }

  @Test
  void ringsOnTheNettyLoopThatSetTheAlarm() throws Exception {
    try (MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      var loop = loops.next();
      loop.submit(() -> ticker.alarm(millis(10), () -> rung.add("in loop: " + loop.inEventLoop())))
          .get(10, TimeUnit.SECONDS);

      ticker.advanceMillis(10);

      assertThat(rung).containsExactly("in loop: true");
    }
  }

  @Test
  void failsTheTurnWhenAnActionFails() throws Exception {
    try (MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      loops
          .next()
          .submit(() ->
              ticker.alarm(
                  1,
                  () -> {
                    throw new IllegalStateException("broken action");
                  }))
          .get(10, TimeUnit.SECONDS);

      assertThatThrownBy(() -> ticker.advanceMillis(1))
          .isInstanceOf(AssertionError.class)
          .hasRootCauseMessage("broken action");
    }
  }

  @Test
  void saysHowManyAlarmsThereAreWhenWaitingWasInVain() {
    assertThatThrownBy(() -> ticker.awaitPending(1, Duration.ofMillis(1)))
        .hasMessageContaining("0 alarms pending (expected: 1)");
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}

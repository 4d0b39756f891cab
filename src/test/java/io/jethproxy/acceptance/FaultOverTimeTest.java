package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Rows C8 and C11: minutes of flapping, and of more demand than all providers take, with the clock
 * turned by hand.
 */
class FaultOverTimeTest {

  /** Each time out is about twice as long as the one before: the seventh begins after a minute. */
  private static final long EJECTIONS_MAX = 7;

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed = FaultBed.builder(3).ticker(ticker).start().awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void leavesOutAProviderThatComesAndGoesAndDrawsNoHerdToAnother() {
    long start = ticker.nanos();
    bed.u(1).always().when(asked -> seconds(start) % 2 == 1).rstAfterRequest();
    List<String> states = new ArrayList<>(List.of(bed.state(1)));
    int most = 0;

    for (int window = 0; window < 24; window++) {
      int before = bed.u(2).count("eth_getBalance");
      for (int call = 0; call < 50; call++) {
        ticker.advanceMillis(100);
        assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
        String state = bed.state(1);
        if (!states.getLast().equals(state)) {
          states.add(state);
        }
      }
      most = Math.max(most, bed.u(2).count("eth_getBalance") - before);
    }

    assertThat(states.stream().filter("ejected"::equals).count()).isBetween(1L, EJECTIONS_MAX);
    double mean = bed.u(2).count("eth_getBalance") / 24.0;
    assertThat((double) most).isLessThan(1.7 * mean);
  }

  @Test
  void servesAsBeforeSoonAfterThreeTimesTheLoadThatItCanTake() {
    bed.each(u -> limit(u, 10));
    run(20, 5);
    double overload = run(90, 30);
    run(20, 10);

    double after = run(20, 10);

    assertThat(overload).as("share served under overload").isGreaterThan(0.95 * 30 / 90);
    assertThat(after).as("share served afterwards").isGreaterThan(0.95);
  }

  /** Calls at a rate for some seconds; gives the share that was served. */
  private double run(int perSecond, int seconds) {
    int served = 0;
    for (int i = 0; i < perSecond * seconds; i++) {
      ticker.advanceMillis(1_000 / perSecond);
      int status = bed.balance().status();
      assertThat(status).isIn(200, 503);
      served += status == 200 ? 1 : 0;
    }
    return (double) served / (perSecond * seconds);
  }

  /** Refuses clients' calls that come faster than this, with a burst of half a second. */
  private void limit(FakeProvider provider, double perSecond) {
    AtomicLong free = new AtomicLong(ticker.nanos());
    long gap = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    provider
        .on("eth_getBalance")
        .when(asked -> {
          long now = ticker.nanos();
          long before = free.get();
          long next = Math.max(before, now - TimeUnit.MILLISECONDS.toNanos(500)) + gap;
          return before > now || !free.compareAndSet(before, next);
        })
        .status(429, "too many requests");
  }

  private long seconds(long startNanos) {
    return TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - startNanos);
  }
}

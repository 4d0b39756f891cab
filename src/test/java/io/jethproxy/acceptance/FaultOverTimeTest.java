package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Rows C8 and C11: minutes of flapping, and of more demand than all providers take, with the clock
 * turned by hand.
 */
class FaultOverTimeTest {

  /** What row C8 allows in two minutes. */
  private static final int STATE_CHANGES_MAX = 12;

  /** A third of the calls while it is down, were it asked as often as the others. */
  private static final int EVEN_SHARE_OF_FAILURES = 200;

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed = FaultBed.builder(3).ticker(ticker).start().awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  /**
   * Whether it is ejected for it is a matter of chance at ten calls a second: its first failures
   * make it so dear that it may never be asked often enough to be convicted.
   */
  @Test
  void asksLittleOfAProviderThatComesAndGoesAndDrawsNoHerdToAnother() {
    List<String> states = new ArrayList<>(List.of(bed.state(1)));
    callTenTimesASecond(30, states); // what answers seemed to take at the start is forgotten
    long start = ticker.nanos();
    AtomicInteger failed = new AtomicInteger();
    bed.u(1)
        .always()
        .when(asked -> seconds(start) % 2 == 1 && counted(asked, failed))
        .rstAfterRequest();
    List<Integer> ofAnother = new ArrayList<>();

    for (int window = 0; window < 24; window++) {
      int before = bed.u(2).count("eth_getBalance");
      callTenTimesASecond(5, states);
      ofAnother.add(bed.u(2).count("eth_getBalance") - before);
    }

    assertThat(states).as("states it was in").hasSizeLessThanOrEqualTo(1 + STATE_CHANGES_MAX);
    assertThat(failed).as("calls that it failed").hasValueLessThan(EVEN_SHARE_OF_FAILURES / 10);
    double mean = ofAnother.stream().mapToInt(Integer::intValue).average().orElseThrow();
    assertThat(ofAnother).as("calls to another in five seconds").allMatch(n -> n < 1.7 * mean);
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

  /** Calls that are answered rightly; writes down what becomes of the first provider meanwhile. */
  private void callTenTimesASecond(int seconds, List<String> states) {
    for (int call = 0; call < 10 * seconds; call++) {
      pass(100, states);
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
  }

  /**
   * Lets time pass. It stops at each alarm until what that one asked has had a chance to be
   * answered: else a probe would seem to have taken all the time that is left, and make its
   * provider dear.
   */
  private void pass(long millis, List<String> states) {
    long until = ticker.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (ticker.nanos() < until) {
      Duration left = Duration.ofNanos(until - ticker.nanos());
      Duration next = ticker.next().filter(due -> due.compareTo(left) < 0).orElse(left);
      ticker.advance(next);
      String state = bed.state(1);
      if (!states.getLast().equals(state)) {
        states.add(state);
      }
    }
  }

  private static boolean counted(Asked asked, AtomicInteger count) {
    if (asked.method().equals("eth_getBalance")) {
      count.incrementAndGet();
    }
    return true;
  }

  private long seconds(long startNanos) {
    return TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - startNanos);
  }
}

package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PulseTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void pingsEachTwentyToThirtySeconds() {
    Pulse pulse = new Pulse(0);
    List<Long> seconds = new ArrayList<>();
    for (long now = 0; now < 3_600; now++) {
      if (pulse.isPingDue(now * SECOND)) {
        seconds.add(now);
      }
    }

    assertThat(seconds.getFirst()).isBetween(19L, 30L);
    for (int i = 1; i < seconds.size(); i++) {
      assertThat(seconds.get(i) - seconds.get(i - 1)).isBetween(19L, 30L);
    }
  }

  @Test
  void doesNotPingAllAtOnceWhoCameAtOnce() {
    List<Pulse> pulses = Stream.generate(() -> new Pulse(0)).limit(10_000).toList();
    long most = 0;
    for (long now = 0; now < 300; now++) {
      long nanos = now * SECOND;
      most = Math.max(most, pulses.stream().filter(pulse -> pulse.isPingDue(nanos)).count());
    }

    assertThat(most).isLessThan(1_500);
  }

  @Test
  void isLostWhenNothingHasComeForTheTimeThatMayPass() {
    Pulse pulse = new Pulse(0);
    pulse.beats(10 * SECOND);

    assertThat(pulse.isLost(52 * SECOND)).isFalse();
    assertThat(pulse.isLost(53 * SECOND)).isTrue();
  }
}

package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenessTest {

  private final Lateness lateness = Lateness.none();

  @Test
  void timeIsAsLongAsItIsOnAMachineThatIsNeverLate() {
    assertThat(lateness.before(10_000, Duration.ofNanos(3_000))).isEqualTo(7_000);
  }

  @Test
  void countsTheStallsOfThisTimeOnly() {
    lateness.stalled(1_000, 2_000);
    lateness.stalled(4_000, 5_000);
    lateness.stalled(9_000, 11_000);

    assertThat(lateness.within(1_500, 10_000)).isEqualTo(500 + 1_000 + 1_000);
    assertThat(lateness.within(2_000, 4_000)).isZero();
    assertThat(lateness.within(9_200, 9_300)).isEqualTo(100);
  }

  @Test
  void goesBackByTheStallsThatItMeetsOnTheWay() {
    lateness.stalled(5_000, 6_500);
    lateness.stalled(8_000, 9_000);

    assertThat(lateness.before(10_000, Duration.ofNanos(3_000))).isEqualTo(10_000 - 3_000 - 2_500);
  }

  @Test
  void isNoLaterForWhatCameAfter() {
    lateness.stalled(10_000, 20_000);

    assertThat(lateness.before(10_000, Duration.ofNanos(3_000))).isEqualTo(7_000);
  }
}

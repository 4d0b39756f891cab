package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rows S14 and L5: how the files that a process may open are shared out. */
class FileLimitTest {

  @Test
  void sharesOutOnlyWhatIsNotOpenYet() {
    FileLimit limit = new FileLimit(512, 112);

    assertThat(limit.clientsMax(10_000)).isEqualTo(280);
    assertThat(limit.watchersMax(256)).isEqualTo(20);
  }

  @Test
  void neverGivesMoreThanIsConfigured() {
    FileLimit limit = new FileLimit(1_048_576, 100);

    assertThat(limit.clientsMax(10_000)).isEqualTo(10_000);
    assertThat(limit.watchersMax(5)).isEqualTo(5);
  }

  @Test
  void givesEachListenerAFewHoweverLittleIsLeft() {
    FileLimit limit = new FileLimit(64, 90);

    assertThat(limit.clientsMax(10_000)).isEqualTo(8);
    assertThat(limit.clientsMax(3)).isEqualTo(3);
  }

  @Test
  void goesByTheConfigurationWhereTheSystemSaysNothing() {
    assertThat(new FileLimit(-1, 0).clientsMax(10_000)).isEqualTo(10_000);
  }

  @Test
  void readsWhatTheSystemSaysOfThisProcess() {
    FileLimit limit = FileLimit.ofProcess();

    assertThat(limit.taken()).isPositive().isLessThan(limit.most());
  }
}

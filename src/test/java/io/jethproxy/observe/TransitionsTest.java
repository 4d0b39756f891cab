package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Transitions.Change;
import io.jethproxy.observe.Transitions.Gravity;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the root logger belongs to the whole JVM")
class TransitionsTest {

  private final Captured stdout = new Captured();
  private final HandTicker ticker = new HandTicker();
  private final Secrets secrets = new Secrets();
  private final Transitions transitions = new Transitions(ticker, new Redactor(secrets));

  private Logging start() {
    return Logging.start(Config.DEFAULT, secrets, stdout, InstantSource.system());
  }

  private static Change out(String provider) {
    return new Change("mainnet", provider, "healthy", "ejected", "5 timeouts", Gravity.DEGRADED);
  }

  private static Change back(String provider) {
    return new Change("mainnet", provider, "ejected", "healthy", "probe served", Gravity.NEWS);
  }

  @Test
  void writesOneLinePerChangeWithTheReason() {
    try (Logging _ = start()) {
      transitions.changed(out("a1"));
      transitions.changed(back("a1"));
    }

    List<String> lines = stdout.lines();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .endsWith(
            " WARN  fleet  provider is ejected network=mainnet provider=a1 from=healthy to=ejected"
                + " reason=\"5 timeouts\"");
    assertThat(lines.get(1)).contains(" INFO  fleet  provider is healthy");
  }

  @Test
  void raisesAnAlarmAsAnErrorAndRedactsTheReason() {
    secrets.learn(List.of("KEYcanary3"));

    try (Logging _ = start()) {
      String reason = "401 for https://h.example/v2/KEYcanary3: KEYcanary3 is unknown";
      transitions.changed(new Change("base", "a1", "healthy", "fenced", reason, Gravity.ALARM));
    }

    assertThat(stdout.text())
        .contains("ERROR fleet  provider is fenced")
        .contains("reason=\"401 for https://*** *** is unknown\"");
  }

  @Test
  void boundsAFlappingProviderAndEndsWithTheTruth() {
    try (Logging _ = start()) {
      for (int i = 0; i < 1_000; i++) {
        transitions.changed(i % 2 == 0 ? out("a1") : back("a1"));
      }
      ticker.turnSeconds(60);
    }

    List<String> lines = stdout.lines();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(4)).contains("provider is ejected");
    assertThat(lines.get(5)).contains("provider is healthy").endsWith("changes_not_logged=994");
  }

  @Test
  void boundsEachProviderByItself() {
    try (Logging _ = start()) {
      for (int i = 0; i < 10; i++) {
        transitions.changed(out("a1"));
      }
      transitions.changed(out("b1"));
    }

    assertThat(stdout.lines()).hasSize(6);
    assertThat(stdout.lines().getLast()).contains("provider=b1");
  }

  @Test
  void logsEachChangeAgainOnceThingsAreCalm() {
    try (Logging _ = start()) {
      for (int i = 0; i < 20; i++) {
        transitions.changed(i % 2 == 0 ? out("a1") : back("a1"));
        ticker.turnSeconds(20);
      }
    }

    assertThat(stdout.lines()).hasSize(20);
    assertThat(stdout.text()).doesNotContain("changes_not_logged");
  }

  @Test
  void keepsTheBoundWhileFlappingGoesOnForAnHour() {
    try (Logging _ = start()) {
      for (int second = 0; second < 3_600; second++) {
        transitions.changed(second % 2 == 0 ? out("a1") : back("a1"));
        ticker.turnSeconds(1);
      }
    }

    assertThat(stdout.lines()).hasSizeBetween(60, 60 * 6);
  }
}

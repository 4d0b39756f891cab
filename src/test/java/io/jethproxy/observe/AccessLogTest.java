package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Journal;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Logging.Format;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.event.Level;

@Isolated("the root logger belongs to the whole JVM")
class AccessLogTest {

  private final Captured stdout = new Captured();
  private final AccessLog accessLog = AccessLog.withoutBodies();

  private Logging start(Level level) {
    Config config = new Config(level, Optional.empty(), Format.TEXT);
    return Logging.start(config, new Secrets(), stdout, InstantSource.system());
  }

  @Test
  void writesOneLinePerCallAtDebug() {
    try (Logging _ = start(Level.DEBUG)) {
      accessLog.concluded(
          Calls.answered(
              "eth_call",
              "b1",
              9,
              Calls.failed("a1", Trouble.TIMEOUT, 5_000),
              new Journal.Entry("b1", null, 1_234_567, true)));
    }

    assertThat(stdout.lines())
        .singleElement()
        .asString()
        .endsWith(
            " DEBUG access  call id=r-1 network=mainnet method=eth_call outcome=ok code=0 ms=9.000"
                + " by=b1 attempts=a1:timeout:5000.000,+b1:ok:1.234");
  }

  @Test
  void isOffByDefault() {
    try (Logging _ = start(Level.INFO)) {
      accessLog.concluded(Calls.answered("eth_call", "a1", 1));
    }

    assertThat(stdout.text()).isEmpty();
  }

  @Test
  void saysTheCodeOfARefusal() {
    try (Logging _ = start(Level.DEBUG)) {
      accessLog.concluded(Calls.refused(Refusal.Kind.NO_PROVIDER));
    }

    assertThat(stdout.text()).contains("outcome=no_provider code=-32002").contains("by=\"\"");
  }

  @Test
  void boundsHostileMethodsAndManyAttemptsAndShowsNoParams() {
    Journal.Entry[] attempts =
        IntStream.range(0, 100)
            .mapToObj(i -> Calls.failed("p" + i, Trouble.BUSY, 1))
            .toArray(Journal.Entry[]::new);

    try (Logging _ = start(Level.DEBUG)) {
      accessLog.concluded(
          Calls.answered("eth\n\u001b[31m" + "x".repeat(1 << 20), "p1", 1, attempts));
    }

    assertThat(stdout.lines()).hasSize(1);
    assertThat(stdout.text())
        .contains("method=eth\\x0a\\x1b[31mxxx")
        .contains("and 84 more")
        .doesNotContain("PARAMcanary")
        .hasSizeLessThan(1_024);
  }
}

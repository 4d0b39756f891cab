package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.BlackHole;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Row T4: a provider whose packets are dropped, so that connecting to it never ends by itself. */
class FaultSilenceTest {

  private static final int PER_SECOND = 120;

  @Test
  void clientsNoticeLittleOfAProviderThatVanishesFromTheNetwork() {
    AtomicReference<AutoCloseable> hole = new AtomicReference<>(() -> {});
    try (FaultBed bed = FaultBed.builder(3).owning(() -> hole.get().close()).start().awaitAll();
        Control control = new Control()) {
      LoadReport report = bed.load(PER_SECOND, 4, PER_SECOND, () -> hole.set(swallow(bed.u(1))));

      bed.assertClean(report);
      assertThat(report.between(Duration.ofSeconds(3), Duration.ofSeconds(4)).latency(95))
          .isLessThan(Duration.ofMillis(500).plus(control.allowance()));
      assertThat(bed.provider(1).path("inFlight").asInt()).isLessThan(3);
      bed.gateway.await(() -> bed.state(1).equals("ejected"), "u1 is out");
      assertThat(bed.cause(1)).isIn("timeout", "connect_timeout");

      bed.u(1).forgetAsked();
      bed.assertClean(bed.load(PER_SECOND, 1, () -> {}));
      assertThat(bed.u(1).count()).isZero();
    }
  }

  /** The provider is gone and nobody refuses connections in its place. */
  private static BlackHole swallow(FakeProvider provider) {
    provider.kill();
    return BlackHole.at("127.0.0.1", provider.port());
  }
}

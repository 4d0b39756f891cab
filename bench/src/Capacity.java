import java.io.IOException;
import java.util.List;

/**
 * How many requests a second one gateway answers within the latency objective: open loop at rising
 * rates, until the objective is missed. Client and provider share the machine's cores with the
 * gateway, so the rate at the end is less than the gateway alone would bear; what carries over to
 * other machines is the rate per core that it used.
 */
final class Capacity {
  /** A provider of {@link Settings#SLOW_PROVIDER_MILLIS} and what the gateway may add at p99. */
  static final double P99_MILLIS_MAX = Settings.SLOW_PROVIDER_MILLIS + 20;

  private static final int[] PER_SECOND = {
    500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 16_000, 20_000
  };
  private static final int WARM_UP_PER_SECOND = 2_000;
  private static final int CONNECTIONS = 256;

  /** One miss may be the machine's. */
  private static final int MISSED_MAX = 2;

  private final Bed bed;

  Capacity(Bed bed) {
    this.bed = bed;
  }

  void measure() throws Exception {
    Bed.step("capacity within a p99 of " + P99_MILLIS_MAX + " ms");
    Provider provider =
        Provider.start(bed.running(), "capacity-provider", Settings.SLOW_PROVIDER_MILLIS);
    Proxy gateway = Proxy.start("gateway", bed.running(), List.of(provider));
    bed.closedLoop().warmUp(Kind.SMALL, List.of(gateway), bed.settings().warmUpSeconds());
    heading();
    try (OpenLoop client = new OpenLoop(CONNECTIONS)) {
      // The client is a JVM, too.
      client.run(provider.port(), WARM_UP_PER_SECOND, bed.settings().openLoopSeconds());
      int missed = 0;
      for (int i = 0; i < PER_SECOND.length && missed < MISSED_MAX; i++) {
        missed = isMetAt(PER_SECOND[i], client, gateway) ? 0 : missed + 1;
      }
    }
    bed.running().end(gateway.process());
    bed.running().kill(provider.process());
  }

  private void heading() {
    bed.report()
        .heading(
            "Capacity: rising rates, open loop, a provider that takes 5 ms",
            "`eth_getBalance`, each address asked once. Until twice in a row the p99 is over "
                + "%.0f ms or an answer is missing. ".formatted(P99_MILLIS_MAX)
                + "Client and provider share the cores; read the rate per core that the gateway used.");
    bed.report()
        .row("requests/s", "p50 ms", "p99 ms", "failed", "cores used", "requests/s per core", "");
    bed.report().row("---:", "---:", "---:", "---:", "---:", "---:", "---");
  }

  private boolean isMetAt(int perSecond, OpenLoop client, Proxy gateway)
      throws IOException, InterruptedException, java.util.concurrent.ExecutionException {
    double before = ProcessUse.of(gateway.process(), bed.ticksPerSecond()).cpuMicros();
    long start = System.nanoTime();
    OpenLoop.Result result =
        client.run(gateway.port(), perSecond, bed.settings().openLoopSeconds());
    double seconds = (System.nanoTime() - start) / 1e9;
    double used = ProcessUse.of(gateway.process(), bed.ticksPerSecond()).cpuMicros() - before;
    double cores = used / 1e6 / seconds;
    boolean met = result.failed() == 0 && result.p99Millis() <= P99_MILLIS_MAX;
    System.out.printf(
        "  capacity %6d/s p50 %.2f ms p99 %.2f ms, %.2f cores%n",
        perSecond, result.p50Millis(), result.p99Millis(), cores);
    bed.report()
        .row(
            "%,d".formatted(perSecond),
            "%.2f".formatted(result.p50Millis()),
            "%.2f".formatted(result.p99Millis()),
            Long.toString(result.failed()),
            "%.2f".formatted(cores),
            "%,.0f".formatted(perSecond / cores),
            met ? "met" : "missed");
    return met;
  }
}

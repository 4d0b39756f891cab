import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Interleaved rounds (A B C A B C …) of closed-loop load, so that whatever the machine does meets
 * every proxy alike.
 */
final class ClosedLoop {
  private static final int SETTLE_SECONDS = 2;

  private final Wrk wrk;
  private final Settings settings;
  private final long ticksPerSecond;

  ClosedLoop(Wrk wrk, Settings settings, long ticksPerSecond) {
    this.wrk = wrk;
    this.settings = settings;
    this.ticksPerSecond = ticksPerSecond;
  }

  /**
   * Loads each proxy before anything is measured: the gateway long enough for the JIT, the others
   * until pools are filled.
   */
  void warmUp(Kind kind, List<Proxy> proxies, int gatewaySeconds)
      throws IOException, InterruptedException {
    for (Proxy proxy : proxies) {
      Ask.rightAnswer(proxy.name(), proxy.port(), kind);
      wrk.run(kind, proxy.port(), proxy.name().equals("gateway") ? gatewaySeconds : SETTLE_SECONDS);
    }
  }

  /** {@code providers}: those alive behind each proxy, by its name. */
  Map<String, List<Sample>> measure(
      Kind kind, List<Proxy> proxies, Map<String, List<Provider>> providers)
      throws IOException, InterruptedException {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < settings.rounds(); round++) {
      for (Proxy proxy : proxies) {
        Sample sample = sample(kind, proxy, providers.get(proxy.name()));
        samples.computeIfAbsent(proxy.name(), name -> new ArrayList<>()).add(sample);
        System.out.printf(
            "  %-6s round %d %-8s %7.1f µs/request %8.0f requests/s%n",
            kind.load(), round + 1, proxy.name(), sample.cpuMicros(), sample.perSecond());
      }
    }
    for (Proxy proxy : proxies) {
      Ask.rightAnswer(proxy.name(), proxy.port(), kind);
    }
    return samples;
  }

  private Sample sample(Kind kind, Proxy proxy, List<Provider> providers)
      throws IOException, InterruptedException {
    long servedBefore = served(providers);
    ProcessUse before = ProcessUse.of(proxy.process(), ticksPerSecond);
    Wrk.Result result = wrk.run(kind, proxy.port(), settings.roundSeconds());
    ProcessUse after = ProcessUse.of(proxy.process(), ticksPerSecond);
    long served = served(providers) - servedBefore;
    if (result.requests() == 0
        || result.failed() == 0 && !kind.isRight(result.bytes() / result.requests())) {
      throw new IOException(proxy.name() + " gave wrong answers to " + kind.load() + ": " + result);
    }
    return new Sample(
        (after.cpuMicros() - before.cpuMicros()) / result.requests(),
        result.perSecond(),
        result.p50Micros() / 1e3,
        result.p99Micros() / 1e3,
        result.failed(),
        (double) served / result.requests(),
        after);
  }

  private static long served(List<Provider> providers) throws IOException {
    long served = 0;
    for (Provider provider : providers) {
      served += provider.served();
    }
    return served;
  }
}

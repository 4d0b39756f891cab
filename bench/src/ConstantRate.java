import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** 1,000 requests a second at a provider that takes 5 ms: what a proxy adds to the latency. */
final class ConstantRate {
  private static final double DIRECT_P99_MILLIS_MAX = 10;

  private final Bed bed;

  ConstantRate(Bed bed) {
    this.bed = bed;
  }

  void measure() throws Exception {
    Bed.step("open loop at " + Settings.OPEN_LOOP_PER_SECOND + " requests/s");
    Provider provider =
        Provider.start(bed.running(), "slow-provider", Settings.SLOW_PROVIDER_MILLIS);
    List<Proxy> proxies = bed.startAll(name -> List.of(provider));
    bed.closedLoop().warmUp(Kind.SMALL, proxies, bed.settings().warmUpSeconds());
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("no proxy", provider.port());
    proxies.forEach(proxy -> ports.put(proxy.name(), proxy.port()));
    Map<String, List<OpenLoop.Result>> results = new LinkedHashMap<>();
    try (OpenLoop client = new OpenLoop(Settings.OPEN_LOOP_CONNECTIONS)) {
      client.run(provider.port(), Settings.OPEN_LOOP_PER_SECOND, bed.settings().openLoopSeconds());
      for (int round = 0; round < bed.settings().rounds(); round++) {
        for (Map.Entry<String, Integer> target : ports.entrySet()) {
          OpenLoop.Result result =
              client.run(
                  target.getValue(),
                  Settings.OPEN_LOOP_PER_SECOND,
                  bed.settings().openLoopSeconds());
          results.computeIfAbsent(target.getKey(), name -> new ArrayList<>()).add(result);
          System.out.printf(
              "  open   round %d %-8s p50 %.2f ms p99 %.2f ms%n",
              round + 1, target.getKey(), result.p50Millis(), result.p99Millis());
        }
      }
    }
    table(results, proxies);
    proxies.forEach(proxy -> bed.running().end(proxy.process()));
    bed.running().kill(provider.process());
  }

  private void table(Map<String, List<OpenLoop.Result>> results, List<Proxy> proxies)
      throws IOException {
    bed.report()
        .heading(
            "1,000 requests/s, open loop, a provider that takes 5 ms",
            "Latency from the moment a request was due. \"Added\" is the difference to no proxy in"
                + " the same run.");
    bed.report()
        .row(
            "",
            "p50 ms",
            "p99 ms",
            "max ms",
            "added p50 ms",
            "added p99 ms",
            "failed",
            "RSS MB",
            "RSS peak MB");
    bed.report().row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
    Map<String, Proxy> byName =
        proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> proxy));
    double directP50 = Report.median(results.get("no proxy"), OpenLoop.Result::p50Millis);
    double directP99 = Report.median(results.get("no proxy"), OpenLoop.Result::p99Millis);
    for (Map.Entry<String, List<OpenLoop.Result>> entry : results.entrySet()) {
      List<OpenLoop.Result> of = entry.getValue();
      double p50 = Report.median(of, OpenLoop.Result::p50Millis);
      double p99 = Report.median(of, OpenLoop.Result::p99Millis);
      Proxy proxy = byName.get(entry.getKey());
      String resident = "";
      String peak = "";
      if (proxy != null) {
        ProcessUse use = ProcessUse.of(proxy.process(), bed.ticksPerSecond());
        resident = "%.0f".formatted(use.residentBytes() / 1e6);
        peak = "%.0f".formatted(use.residentPeakBytes() / 1e6);
        if (proxy.name().equals("gateway")) {
          latencyBars(p50 - directP50, p99 - directP99, directP99);
          bed.report().bar("RSS after that run", use.residentBytes() / 1e6, 200, 200, "MB");
        }
      }
      bed.report()
          .row(
              entry.getKey(),
              "%.2f".formatted(p50),
              "%.2f".formatted(p99),
              "%.1f"
                  .formatted(
                      of.stream().mapToDouble(OpenLoop.Result::maxMillis).max().orElseThrow()),
              proxy == null ? "" : "%.2f".formatted(p50 - directP50),
              proxy == null ? "" : "%.2f".formatted(p99 - directP99),
              Long.toString(of.stream().mapToLong(OpenLoop.Result::failed).sum()),
              resident,
              peak);
    }
  }

  private void latencyBars(double addedP50, double addedP99, double directP99) {
    if (directP99 > DIRECT_P99_MILLIS_MAX) {
      bed.report()
          .unjudged(
              "added p50 and p99 at 1,000 requests/s",
              "machine busy: p99 %.1f ms with no proxy".formatted(directP99));
      return;
    }
    bed.report().bar("added p50 at 1,000 requests/s", addedP50, 1, 1, "ms");
    bed.report().bar("added p99 at 1,000 requests/s", addedP99, 5, 5, "ms");
  }
}

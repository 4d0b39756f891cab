import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three providers: one is killed under load, then the rounds run with it dead. */
final class OneOfThreeDead {
  private static final int KILL_LOAD_SECONDS = 6;

  private final Bed bed;

  OneOfThreeDead(Bed bed) {
    this.bed = bed;
  }

  /**
   * Each proxy has a third provider of its own, killed half-way through a load on that proxy alone.
   */
  void measure() throws IOException, InterruptedException {
    Bed.step("three providers, one killed");
    List<Provider> shared =
        List.of(
            Provider.start(bed.running(), "provider-1", 0),
            Provider.start(bed.running(), "provider-2", 0));
    Map<String, Provider> doomed = new LinkedHashMap<>();
    for (String name : bed.settings().proxies()) {
      doomed.put(name, Provider.start(bed.running(), "provider-3-" + name, 0));
    }
    List<Proxy> proxies =
        bed.startAll(name -> Stream.concat(shared.stream(), Stream.of(doomed.get(name))).toList());
    bed.closedLoop().warmUp(Kind.SMALL, proxies, bed.settings().warmUpSeconds());
    bed.report()
        .heading(
            "Three providers, one dead",
            "First the kill, half-way through "
                + KILL_LOAD_SECONDS
                + " s of load; then the rounds with that provider dead.");
    bed.report()
        .row("", "requests", "failed by the kill", "longest ms", "answered by the third before");
    bed.report().row("---", "---:", "---:", "---:", "---:");
    for (Proxy proxy : proxies) {
      Provider third = doomed.get(proxy.name());
      long servedBefore = third.served();
      CompletableFuture<Void> kill =
          CompletableFuture.runAsync(
              () -> bed.running().kill(third.process()),
              CompletableFuture.delayedExecutor(KILL_LOAD_SECONDS / 2, TimeUnit.SECONDS));
      Wrk.Result result = bed.wrk().run(Kind.SMALL, proxy.port(), KILL_LOAD_SECONDS);
      kill.join();
      bed.report()
          .row(
              proxy.name(),
              Long.toString(result.requests()),
              Long.toString(result.failed()),
              "%.1f".formatted(result.maxMicros() / 1e3),
              servedBefore > 0 ? "yes" : "no");
    }
    Map<String, List<Provider>> behind =
        proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> shared));
    bed.report().gap();
    bed.report().closedLoop(bed.closedLoop().measure(Kind.SMALL, proxies, behind));
    proxies.forEach(proxy -> bed.running().end(proxy.process()));
    shared.forEach(provider -> bed.running().kill(provider.process()));
  }
}

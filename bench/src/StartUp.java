import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long a start takes, from exec to ready. */
final class StartUp {
  private final Bed bed;

  StartUp(Bed bed) {
    this.bed = bed;
  }

  /**
   * The first start is not counted: it fills the file cache, and may build what later starts reuse.
   */
  void measure() throws IOException, InterruptedException {
    Bed.step("start-up");
    Provider provider = Provider.start(bed.running(), "provider", 0);
    bed.report()
        .heading(
            "Start-up",
            "From exec to `GET /ready` 200 (nginx, HAProxy: to the first answer); "
                + bed.settings().starts()
                + " starts after one that is not counted.");
    bed.report().row("", "median ms", "longest ms");
    bed.report().row("---", "---:", "---:");
    for (String name : bed.settings().proxies()) {
      bed.running().end(Proxy.start(name, bed.running(), List.of(provider)).process());
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < bed.settings().starts(); i++) {
        Proxy proxy = Proxy.start(name, bed.running(), List.of(provider));
        seconds.add(proxy.upNanos() / 1e9);
        bed.running().kill(proxy.process());
      }
      double median = Report.median(seconds, value -> value);
      bed.report()
          .row(
              name,
              "%.0f".formatted(median * 1e3),
              "%.0f".formatted(seconds.stream().mapToDouble(s -> s).max().orElseThrow() * 1e3));
      if (name.equals("gateway")) {
        bed.report().bar("exec to ready", median, 1.5, 1.5, "s");
      }
    }
    bed.running().kill(provider.process());
  }
}

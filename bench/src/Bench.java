import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The comparison: starts what each scenario needs, measures, prints the tables and, after a whole run, writes them down. */
final class Bench {
  private static final int NEXT_KIND_WARM_UP_SECONDS = 10;
  private static final int KILL_LOAD_SECONDS = 6;
  private static final double BUSY_SHARE_MAX = 0.15;
  private static final double DIRECT_P99_MILLIS_MAX = 10;
  private static final int BARS_MISSED = 1;
  private static final int BAD_USAGE = 2;

  private final Settings settings;
  private final Running running;
  private final Report report = new Report();
  private final ClosedLoop closedLoop;
  private final Wrk wrk;
  private final long ticksPerSecond;

  private Bench(Settings settings, Running running) throws IOException, InterruptedException {
    this.settings = settings;
    this.running = running;
    this.ticksPerSecond = Long.parseLong(running.outputOf("getconf", "CLK_TCK").trim());
    this.wrk = new Wrk(Settings.at("bench.home").resolve("load.lua"), running, Settings.CONNECTIONS);
    this.closedLoop = new ClosedLoop(wrk, settings, ticksPerSecond);
  }

  public static void main(String[] args) throws Exception {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    Settings settings;
    try {
      settings = Settings.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(BAD_USAGE);
      return;
    }
    Running running = new Running(Settings.at("bench.run"));
    try {
      new Bench(settings, running).run();
    } catch (IOException e) {
      System.err.println("bench: " + e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
      printLogs(running.directory());
      System.exit(BARS_MISSED);
    }
  }

  private void run() throws Exception {
    double busyShare = Environment.busyShare();
    if (busyShare > BUSY_SHARE_MAX) {
      System.err.printf("bench: other work takes %.0f %% of this machine; latencies will not mean much%n", busyShare * 100);
    }
    oneProvider();
    if (settings.scenarios().contains(Settings.Scenario.DEAD)) {
      oneOfThreeDead();
    }
    if (settings.scenarios().contains(Settings.Scenario.OPEN)) {
      openLoop();
    }
    if (settings.scenarios().contains(Settings.Scenario.START)) {
      startUp();
    }
    String text = report.text(Environment.describe(running, settings, busyShare));
    System.out.println("\n" + text);
    if (settings.write()) {
      Report.write(Settings.at("bench.document"), text);
      System.out.println("written to docs/performance.md");
    }
    System.exit(report.missed() ? BARS_MISSED : 0);
  }

  private void oneProvider() throws IOException, InterruptedException {
    List<Kind> kinds =
        Stream.of(Kind.values()).filter(kind -> settings.scenarios().contains(Settings.Scenario.valueOf(kind.name()))).toList();
    if (kinds.isEmpty()) {
      return;
    }
    Provider provider = Provider.start(running, "provider", 0);
    List<Proxy> proxies = startAll(name -> List.of(provider));
    Map<String, List<Provider>> behind = proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> List.of(provider)));
    int warmUpSeconds = settings.warmUpSeconds();
    for (Kind kind : kinds) {
      step(kind.title());
      closedLoop.warmUp(kind, proxies, warmUpSeconds);
      warmUpSeconds = Math.min(NEXT_KIND_WARM_UP_SECONDS, warmUpSeconds);
      Map<String, List<Sample>> samples = closedLoop.measure(kind, proxies, behind);
      report.heading(kind.title(), note(kind));
      report.closedLoop(samples);
      switch (kind) {
        case SMALL -> report.ratioBar("CPU per proxied small call", samples, 1.9, 1.5);
        case LARGE -> report.ratioBar("CPU per 100 KB answer", samples, 2.5, 2);
        case LOCAL -> report.ratioBar("CPU per local answer, to nginx's proxied one", samples, 0.9, 0.9);
        case BATCH -> {}
      }
    }
    proxies.forEach(proxy -> running.end(proxy.process()));
    running.kill(provider.process());
  }

  private static String note(Kind kind) {
    return switch (kind) {
      case SMALL -> "`eth_getBalance`, each address asked once; one provider.";
      case LARGE -> "`eth_getLogs`, each filter asked once; one provider.";
      case BATCH -> "20 × `eth_getBalance` in one request; the numbers are per batch.";
      case LOCAL -> "The gateway knows the answer; nginx and HAProxy ask the provider.";
    };
  }

  /** Each proxy has a third provider of its own, killed half-way through a load on that proxy alone. */
  private void oneOfThreeDead() throws IOException, InterruptedException {
    step("three providers, one killed");
    List<Provider> shared = List.of(Provider.start(running, "provider-1", 0), Provider.start(running, "provider-2", 0));
    Map<String, Provider> doomed = new LinkedHashMap<>();
    for (String name : settings.proxies()) {
      doomed.put(name, Provider.start(running, "provider-3-" + name, 0));
    }
    List<Proxy> proxies = startAll(name -> Stream.concat(shared.stream(), Stream.of(doomed.get(name))).toList());
    closedLoop.warmUp(Kind.SMALL, proxies, settings.warmUpSeconds());
    report.heading("Three providers, one dead", "First the kill, half-way through " + KILL_LOAD_SECONDS
        + " s of load; then the rounds with that provider dead.");
    report.row("", "requests", "failed by the kill", "longest ms", "answered by the third before");
    report.row("---", "---:", "---:", "---:", "---:");
    for (Proxy proxy : proxies) {
      Provider third = doomed.get(proxy.name());
      long servedBefore = third.served();
      CompletableFuture<Void> kill =
          CompletableFuture.runAsync(
              () -> running.kill(third.process()),
              CompletableFuture.delayedExecutor(KILL_LOAD_SECONDS / 2, java.util.concurrent.TimeUnit.SECONDS));
      Wrk.Result result = wrk.run(Kind.SMALL, proxy.port(), KILL_LOAD_SECONDS);
      kill.join();
      report.row(proxy.name(), Long.toString(result.requests()), Long.toString(result.failed()),
          "%.1f".formatted(result.maxMicros() / 1e3), servedBefore > 0 ? "yes" : "no");
    }
    Map<String, List<Provider>> behind = proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> shared));
    report.gap();
    report.closedLoop(closedLoop.measure(Kind.SMALL, proxies, behind));
    proxies.forEach(proxy -> running.end(proxy.process()));
    shared.forEach(provider -> running.kill(provider.process()));
  }

  private void openLoop() throws Exception {
    step("open loop at " + Settings.OPEN_LOOP_PER_SECOND + " requests/s");
    Provider provider = Provider.start(running, "slow-provider", Settings.SLOW_PROVIDER_MILLIS);
    List<Proxy> proxies = startAll(name -> List.of(provider));
    closedLoop.warmUp(Kind.SMALL, proxies, settings.warmUpSeconds());
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("no proxy", provider.port());
    proxies.forEach(proxy -> ports.put(proxy.name(), proxy.port()));
    Map<String, List<OpenLoop.Result>> results = new LinkedHashMap<>();
    try (OpenLoop client = new OpenLoop(Settings.OPEN_LOOP_CONNECTIONS)) {
      client.run(provider.port(), Settings.OPEN_LOOP_PER_SECOND, settings.openLoopSeconds());
      for (int round = 0; round < settings.rounds(); round++) {
        for (Map.Entry<String, Integer> target : ports.entrySet()) {
          OpenLoop.Result result = client.run(target.getValue(), Settings.OPEN_LOOP_PER_SECOND, settings.openLoopSeconds());
          results.computeIfAbsent(target.getKey(), name -> new ArrayList<>()).add(result);
          System.out.printf("  open   round %d %-8s p50 %.2f ms p99 %.2f ms%n", round + 1, target.getKey(), result.p50Millis(), result.p99Millis());
        }
      }
    }
    openLoopTable(results, proxies);
    proxies.forEach(proxy -> running.end(proxy.process()));
    running.kill(provider.process());
  }

  private void openLoopTable(Map<String, List<OpenLoop.Result>> results, List<Proxy> proxies) throws IOException {
    report.heading(
        "1,000 requests/s, open loop, a provider that takes 5 ms",
        "Latency from the moment a request was due. \"Added\" is the difference to no proxy in the same run.");
    report.row("", "p50 ms", "p99 ms", "max ms", "added p50 ms", "added p99 ms", "failed", "RSS MB", "RSS peak MB");
    report.row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
    Map<String, Proxy> byName = proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> proxy));
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
        ProcessUse use = ProcessUse.of(proxy.process(), ticksPerSecond);
        resident = "%.0f".formatted(use.residentBytes() / 1e6);
        peak = "%.0f".formatted(use.residentPeakBytes() / 1e6);
        if (proxy.name().equals("gateway")) {
          latencyBars(p50 - directP50, p99 - directP99, directP99);
          report.bar("RSS after that run", use.residentBytes() / 1e6, 200, 200, "MB");
        }
      }
      report.row(
          entry.getKey(), "%.2f".formatted(p50), "%.2f".formatted(p99),
          "%.1f".formatted(of.stream().mapToDouble(OpenLoop.Result::maxMillis).max().orElseThrow()),
          proxy == null ? "" : "%.2f".formatted(p50 - directP50), proxy == null ? "" : "%.2f".formatted(p99 - directP99),
          Long.toString(of.stream().mapToLong(OpenLoop.Result::failed).sum()), resident, peak);
    }
  }

  private void latencyBars(double addedP50, double addedP99, double directP99) {
    if (directP99 > DIRECT_P99_MILLIS_MAX) {
      report.unjudged("added p50 and p99 at 1,000 requests/s", "machine busy: p99 %.1f ms with no proxy".formatted(directP99));
      return;
    }
    report.bar("added p50 at 1,000 requests/s", addedP50, 1, 1, "ms");
    report.bar("added p99 at 1,000 requests/s", addedP99, 5, 5, "ms");
  }

  /** The first start is not counted: it fills the file cache, and may build what later starts reuse. */
  private void startUp() throws IOException, InterruptedException {
    step("start-up");
    Provider provider = Provider.start(running, "provider", 0);
    report.heading("Start-up", "From exec to `GET /ready` 200 (nginx, HAProxy: to the first answer); " + settings.starts()
        + " starts after one that is not counted.");
    report.row("", "median ms", "longest ms");
    report.row("---", "---:", "---:");
    for (String name : settings.proxies()) {
      running.end(Proxy.start(name, running, List.of(provider)).process());
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < settings.starts(); i++) {
        Proxy proxy = Proxy.start(name, running, List.of(provider));
        seconds.add(proxy.upNanos() / 1e9);
        running.kill(proxy.process());
      }
      double median = Report.median(seconds, value -> value);
      report.row(name, "%.0f".formatted(median * 1e3), "%.0f".formatted(seconds.stream().mapToDouble(s -> s).max().orElseThrow() * 1e3));
      if (name.equals("gateway")) {
        report.bar("exec to ready", median, 1.5, 1.5, "s");
      }
    }
    running.kill(provider.process());
  }

  private interface ProvidersOf {
    List<Provider> name(String proxy);
  }

  private List<Proxy> startAll(ProvidersOf providers) throws IOException, InterruptedException {
    List<Proxy> proxies = new ArrayList<>();
    for (String name : settings.proxies()) {
      proxies.add(Proxy.start(name, running, providers.name(name)));
    }
    return proxies;
  }

  private static void step(String what) {
    System.out.println(what);
  }

  private static void printLogs(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".log")).sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        System.err.println("--- last lines of " + file.getFileName());
        lines.subList(Math.max(0, lines.size() - 20), lines.size()).forEach(System.err::println);
      }
    }
  }
}

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The comparison: starts what each scenario needs, measures, prints the tables and, after a whole
 * run, writes them down.
 */
final class Bench {
  /** Above this, latencies do not mean much. */
  static final double BUSY_SHARE_MAX = 0.15;

  private static final int BARS_MISSED = 1;
  private static final int BAD_USAGE = 2;

  private Bench() {}

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
      run(Bed.of(settings, running));
    } catch (IOException e) {
      System.err.println(
          "bench: "
              + e.getMessage()
              + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
      printLogs(running.directory());
      System.exit(BARS_MISSED);
    }
  }

  private static void run(Bed bed) throws Exception {
    double busyShare = Environment.busyShare();
    if (busyShare > BUSY_SHARE_MAX) {
      System.err.printf(
          "bench: other work takes %.0f %% of this machine; latencies will not mean much%n",
          busyShare * 100);
    }
    new OneProvider(bed).measure();
    if (bed.settings().scenarios().contains(Settings.Scenario.DEAD)) {
      new OneOfThreeDead(bed).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.OPEN)) {
      new ConstantRate(bed).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.CAPACITY)
        && bed.settings().proxies().contains("gateway")) {
      new Capacity(bed).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.START)) {
      new StartUp(bed).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.MIX)) {
      new Mix(bed).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.FOLLOW)) {
      new Following(bed).measure();
    }
    Report fanOut = new Report();
    Report sockets = new Report();
    if (bed.settings().scenarios().contains(Settings.Scenario.FAN_OUT)
        && bed.settings().proxies().contains("gateway")) {
      new FanOut(bed, fanOut, busyShare).measure();
    }
    if (bed.settings().scenarios().contains(Settings.Scenario.SOCKETS)) {
      new Tunnel(bed, sockets).measure();
    }
    String environment = Environment.describe(bed.running(), bed.settings(), busyShare);
    conclude(bed, Report.Part.HTTP, bed.report(), environment);
    conclude(bed, Report.Part.FAN_OUT, fanOut, environment);
    conclude(bed, Report.Part.SOCKETS, sockets, environment);
    boolean missed = Stream.of(bed.report(), fanOut, sockets).anyMatch(Report::missed);
    System.exit(missed ? BARS_MISSED : 0);
  }

  private static void conclude(Bed bed, Report.Part part, Report report, String environment)
      throws IOException {
    if (report.isEmpty()) {
      return;
    }
    String text = report.text(environment);
    System.out.println("\n" + text);
    if (bed.settings().write()) {
      Report.write(Settings.at("bench.document"), part, text);
      System.out.println("written to docs/performance.md");
    }
    for (String missed : report.missedBars()) {
      System.err.println("bench: missed: " + missed);
    }
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

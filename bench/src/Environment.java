import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** One paragraph that says where and how a run was made. */
final class Environment {
  private Environment() {}

  /**
   * The share of all cores that is in use now, before this run loads them: 0 to 1, over one second.
   */
  static double busyShare() throws IOException, InterruptedException {
    long[] before = busyAndTotal();
    Thread.sleep(1_000);
    long[] after = busyAndTotal();
    return (double) (after[0] - before[0]) / Math.max(1, after[1] - before[1]);
  }

  private static long[] busyAndTotal() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().trim().split("\\s+");
    long total = 0;
    for (int i = 1; i < fields.length; i++) {
      total += Long.parseLong(fields[i]);
    }
    long idle = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
    return new long[] {total - idle, total};
  }

  static String describe(Running running, Settings settings, double busyShare)
      throws IOException, InterruptedException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 2))
            .orElse(System.getProperty("os.arch"));
    String haproxy =
        running
            .outputOf("haproxy", "-v")
            .lines()
            .findFirst()
            .orElse("")
            .replaceAll(".*version ([0-9.]+).*", "$1");
    String nginx = running.outputOf("nginx", "-v").trim().replaceAll(".*nginx/", "");
    return """
    %s, %d × %s, Linux %s, Java %s, nginx %s, HAProxy %s, sources %s. %s%d rounds of %d s, interleaved, medians. \
    %sClient, proxy and provider share the cores, on loopback; other \
    work took %.0f %% of them just before.
    """
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            processor,
            System.getProperty("os.version"),
            System.getProperty("java.version"),
            nginx,
            haproxy,
            System.getProperty("bench.sources"),
            settings.quick() ? "A quick run, good for a first look only: " : "",
            settings.rounds(),
            settings.roundSeconds(),
            settings.proxies().contains("gateway")
                ? "The gateway was loaded for %d s before the first. "
                    .formatted(settings.warmUpSeconds())
                : "",
            busyShare * 100);
  }
}

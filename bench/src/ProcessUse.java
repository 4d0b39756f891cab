import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a process and everything it forked have used, as Linux counts it in {@code /proc}. */
record ProcessUse(double cpuMicros, long residentBytes, long residentPeakBytes) {
  private static final int FIELDS_BEFORE_UTIME = 11;

  /** The sum over the tree; pages shared by workers of one program count once for each. */
  static ProcessUse of(Process root, long ticksPerSecond) throws IOException {
    List<Long> ids =
        Stream.concat(Stream.of(root.pid()), root.descendants().map(ProcessHandle::pid)).toList();
    long ticks = 0;
    long resident = 0;
    long peak = 0;
    for (long id : ids) {
      try {
        Path proc = Path.of("/proc", Long.toString(id));
        ticks += ticks(Files.readString(proc.resolve("stat")));
        List<String> status = Files.readAllLines(proc.resolve("status"));
        resident += bytes(status, "VmRSS:");
        peak += bytes(status, "VmHWM:");
      } catch (NoSuchFileException e) {
        if (id == root.pid()) {
          throw e;
        }
      }
    }
    return new ProcessUse(ticks * 1e6 / ticksPerSecond, resident, peak);
  }

  private static long ticks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[FIELDS_BEFORE_UTIME])
        + Long.parseLong(fields[FIELDS_BEFORE_UTIME + 1]);
  }

  private static long bytes(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .sum();
  }
}

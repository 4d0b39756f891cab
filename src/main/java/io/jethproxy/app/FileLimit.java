package io.jethproxy.app;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.stream.Stream;

/**
 * How many connections the system's limit on open files leaves for clients.
 *
 * @param most files that may be open at one time; not positive when not known
 * @param taken files that are open already
 */
record FileLimit(long most, long taken) {

  /** Of the free files; the rest is for providers, logs and the listeners themselves. */
  private static final double CLIENTS_SHARE = 0.7;

  private static final double WATCHERS_SHARE = 0.05;

  /** What a listener has at least, since one that takes nobody is of no use. */
  private static final int LEAST = 8;

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final String LIMIT = "Max open files";

  /** As it is now. */
  static FileLimit ofProcess() {
    try (Stream<String> limits = Files.lines(LIMITS);
        Stream<Path> open = Files.list(OPEN)) {
      // Cheaper than loading JMX at start.
      String limit = limits.filter(line -> line.startsWith(LIMIT)).findFirst().orElseThrow();
      return new FileLimit(new Scanner(limit.substring(LIMIT.length())).nextLong(), open.count());
    } catch (IOException | NoSuchElementException e) {
      return ofBean();
    }
  }

  private static FileLimit ofBean() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new FileLimit(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
        : new FileLimit(-1, 0);
  }

  /** Connections at the public listener. */
  int clientsMax(int configured) {
    return share(CLIENTS_SHARE, configured);
  }

  /** Connections at the management listener. */
  int watchersMax(int configured) {
    return share(WATCHERS_SHARE, configured);
  }

  private int share(double share, int configured) {
    return most <= 0
        ? configured
        : Math.clamp((long) (share * (most - taken)), Math.min(LEAST, configured), configured);
  }
}

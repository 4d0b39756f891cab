package io.jethproxy.app;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections the system's limit on open files leaves for clients. */
final class FileLimit {

  /** The rest is for providers, logs and the listeners themselves. */
  private static final double CLIENTS_SHARE = 0.7;

  private FileLimit() {}

  static int connectionsMax(int configured) {
    long files = filesMax();
    return files <= 0 ? configured : Math.clamp((long) (CLIENTS_SHARE * files), 16, configured);
  }

  private static long filesMax() {
    try {
      // Cheaper than loading JMX at start.
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          return new java.util.Scanner(line.substring("Max open files".length())).nextLong();
        }
      }
      return -1;
    } catch (IOException | java.util.NoSuchElementException e) {
      return beanFilesMax();
    }
  }

  private static long beanFilesMax() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }
}

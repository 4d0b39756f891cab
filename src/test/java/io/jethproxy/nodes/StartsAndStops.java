package io.jethproxy.nodes;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Starts and stops the gateway many times in one process, with a request each time, and ends with 1
 * when threads or file descriptors are left over. A program, as beside other tests nothing could be
 * counted.
 */
final class StartsAndStops {

  /** Some come and go by themselves: a cleaner, a pool's idle thread. */
  private static final int TOLERANCE = 3;

  private static final int WARM_UP = 5;
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private StartsAndStops() {}

  public static void main(String[] arguments) throws IOException {
    try (FakeProvider provider = FakeProvider.start()) {
      cycles(provider, WARM_UP);
      long threads = threads();
      long files = files();
      cycles(provider, Integer.parseInt(arguments[0]));
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (threads() > threads + TOLERANCE || files() > files + TOLERANCE) {
        if (System.nanoTime() - end > 0) {
          System.out.println(
              "threads: %d (expected: %d), files: %d (expected: %d)"
                  .formatted(threads(), threads, files(), files));
          Thread.getAllStackTraces().keySet().forEach(System.out::println);
          System.exit(1);
        }
        LockSupport.parkNanos(50_000_000);
      }
    }
    System.exit(0);
  }

  private static void cycles(FakeProvider provider, int count) {
    for (int i = 0; i < count; i++) {
      try (RunningGateway gateway = RunningGateway.before(provider).start()) {
        if (gateway.client().call("eth_gasPrice", "[]").status() != 200) {
          throw new IllegalStateException("no answer in cycle " + i);
        }
      }
    }
  }

  private static long threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  private static long files() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}

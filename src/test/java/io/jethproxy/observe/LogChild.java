package io.jethproxy.observe;

import io.jethproxy.observe.Logging.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that logs many lines and then reports, in a file, how many there were, how many were
 * dropped, and how many milliseconds the slowest call and the closing took.
 */
final class LogChild {

  private LogChild() {}

  public static void main(String[] arguments) throws Exception {
    Path report = Path.of(arguments[0]);
    int lines = Integer.parseInt(arguments[1]);
    Logging logging = Logging.start(Config.DEFAULT, new Secrets());
    Logger logger = LoggerFactory.getLogger("io.jethproxy.app");
    long slowest = 0;
    for (int i = 0; i < lines; i++) {
      long start = System.nanoTime();
      logger.info("line {} {}", i, "x".repeat(100));
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    long dropped = logging.droppedLines();
    long start = System.nanoTime();
    logging.close();
    long closing = System.nanoTime() - start;
    Files.writeString(
        report,
        "%d %d %d %d"
            .formatted(
                lines,
                dropped,
                TimeUnit.NANOSECONDS.toMillis(slowest),
                TimeUnit.NANOSECONDS.toMillis(closing)));
  }
}

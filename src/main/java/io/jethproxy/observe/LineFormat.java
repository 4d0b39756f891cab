package io.jethproxy.observe;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** How an entry becomes one line of bounded length that ends in its only line feed. */
sealed interface LineFormat permits TextLine, JsonLine {

  int MESSAGE_BYTES_MAX = 3_072;
  int PAIRS_BYTES_MAX = 4_096;
  int EXCEPTION_BYTES_MAX = 3_328;
  int LOGGER_BYTES_MAX = 128;

  /** No line is longer: the bounds above, the keys, and up to 16 pairs that are cut to nothing. */
  int LINE_BYTES_MAX = 11_264;

  /** The UTF-8 bytes of the line. Secrets are taken out before anything is cut or escaped. */
  byte[] line(LogEntry entry, Secrets secrets);

  /** Such as {@code 2026-11-22T13:54:32.123Z}: always as long, in UTC. */
  static void appendTime(LineBuffer line, long epochMillis) {
    long seconds = Math.floorDiv(epochMillis, 1000L);
    LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    appendPadded(line, time.getYear(), 1000, "-");
    appendPadded(line, time.getMonthValue(), 10, "-");
    appendPadded(line, time.getDayOfMonth(), 10, "T");
    appendPadded(line, time.getHour(), 10, ":");
    appendPadded(line, time.getMinute(), 10, ":");
    appendPadded(line, time.getSecond(), 10, ".");
    appendPadded(line, Math.floorMod(epochMillis, 1000), 100, "Z");
  }

  private static void appendPadded(LineBuffer line, int number, int magnitude, String separator) {
    for (int power = magnitude; power > Math.max(number, 1); power /= 10) {
      line.plain("0");
    }
    line.plain(Integer.toString(number)).plain(separator);
  }
}

package io.jethproxy.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * One log event, cut to a bound and cut loose from the objects it was made of, so that it may wait.
 *
 * <p>Each text keeps at most {@link #TEXT_CHARS_MAX} characters plus one: the one more says that
 * something was cut.
 *
 * @param exception the stack trace with its causes, one frame per line; empty when there is none
 */
record LogEntry(
    long epochMillis,
    Level level,
    String logger,
    String message,
    List<Pair> pairs,
    String exception) {

  static final int TEXT_CHARS_MAX = 16_384;
  private static final int PAIRS_MAX = 16;
  private static final int PAIR_CHARS_MAX = 2_048;
  private static final int CAUSES_MAX = 4;
  private static final int FRAMES_MAX = 12;
  private static final String OURS = "io.jethproxy.";

  /** A key-value of a log event. */
  record Pair(String key, String value) {}

  static LogEntry of(ILoggingEvent event, long epochMillis) {
    String message = event.getFormattedMessage();
    return new LogEntry(
        epochMillis,
        level(event.getLevel()),
        shortName(event.getLoggerName()),
        cut(message == null ? "" : message, TEXT_CHARS_MAX),
        pairs(event.getKeyValuePairs()),
        exception(event.getThrowableProxy()));
  }

  static LogEntry of(long epochMillis, Level level, String logger, String message) {
    return new LogEntry(epochMillis, level, logger, message, List.of(), "");
  }

  /** A rough number of bytes that this entry keeps from being collected. */
  int weightBytes() {
    int chars = message.length() + exception.length();
    for (Pair pair : pairs) {
      chars += pair.key.length() + pair.value.length();
    }
    return 200 + 2 * chars;
  }

  private static Level level(ch.qos.logback.classic.Level level) {
    return switch (level.levelInt) {
      case ch.qos.logback.classic.Level.ERROR_INT -> Level.ERROR;
      case ch.qos.logback.classic.Level.WARN_INT -> Level.WARN;
      case ch.qos.logback.classic.Level.INFO_INT -> Level.INFO;
      case ch.qos.logback.classic.Level.DEBUG_INT -> Level.DEBUG;
      default -> Level.TRACE;
    };
  }

  /** The package, for the gateway's own loggers: {@code fleet}; others keep their names. */
  private static String shortName(String logger) {
    if (!logger.startsWith(OURS)) {
      return logger;
    }
    int dot = logger.indexOf('.', OURS.length());
    return dot < 0 ? logger.substring(OURS.length()) : logger.substring(OURS.length(), dot);
  }

  private static List<Pair> pairs(@Nullable List<KeyValuePair> given) {
    if (given == null || given.isEmpty()) {
      return List.of();
    }
    List<Pair> pairs = new ArrayList<>(given.size());
    for (KeyValuePair pair : given) {
      if (pairs.size() == PAIRS_MAX) {
        break;
      }
      pairs.add(new Pair(cut(text(pair.key), 64), cut(text(pair.value), PAIR_CHARS_MAX)));
    }
    return pairs;
  }

  /** The caller's objects are not trusted to print themselves: a log line must never throw. */
  private static String text(@Nullable Object value) {
    try {
      return String.valueOf(value);
    } catch (RuntimeException failed) {
      return "[toString failed: " + failed.getClass().getName() + "]";
    }
  }

  private static String exception(@Nullable IThrowableProxy thrown) {
    if (thrown == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    IThrowableProxy next = thrown;
    for (int depth = 0; next != null && depth < CAUSES_MAX; depth++, next = next.getCause()) {
      text.append(depth == 0 ? "" : "\ncaused by: ").append(next.getClassName());
      if (next.getMessage() != null) {
        text.append(": ").append(cut(next.getMessage(), PAIR_CHARS_MAX));
      }
      appendFrames(text, next);
    }
    return cut(text.toString(), TEXT_CHARS_MAX);
  }

  /** Those of a cause that its effect has shown already are left out. */
  private static void appendFrames(StringBuilder text, IThrowableProxy thrown) {
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    int shown = Math.min(frames.length - thrown.getCommonFrames(), FRAMES_MAX);
    for (int i = 0; i < shown; i++) {
      text.append("\nat ").append(frames[i].getStackTraceElement());
    }
    if (frames.length > shown) {
      text.append("\n... ").append(frames.length - shown).append(" more");
    }
  }

  private static String cut(String text, int charsMax) {
    return text.length() <= charsMax ? text : text.substring(0, charsMax + 1);
  }
}

package io.jethproxy.observe;

import io.jethproxy.observe.LineBuffer.Escape;
import java.util.Set;

/** One JSON object: {@code time level logger message}, the key-values, {@code exception}. */
record JsonLine() implements LineFormat {

  private static final Set<String> OWN_KEYS =
      Set.of("time", "level", "logger", "message", "exception");

  @Override
  public byte[] line(LogEntry entry, Secrets secrets) {
    LineBuffer line = new LineBuffer();
    line.plain("{\"time\":\"");
    LineFormat.appendTime(line, entry.epochMillis());
    line.plain("\",\"level\":\"").plain(entry.level().name());
    line.plain("\",\"logger\":\"");
    line.text(entry.logger(), LOGGER_BYTES_MAX, Escape.JSON);
    line.plain("\",\"message\":\"");
    line.text(
        secrets.scrub(entry.message(), LogEntry.TEXT_CHARS_MAX), MESSAGE_BYTES_MAX, Escape.JSON);
    line.plain("\"");
    int room = PAIRS_BYTES_MAX;
    for (LogEntry.Pair pair : entry.pairs()) {
      line.plain(OWN_KEYS.contains(pair.key()) ? ",\"_" : ",\"");
      room -= line.text(pair.key(), Math.max(room, 8), Escape.JSON);
      line.plain("\":\"");
      String value = secrets.scrub(pair.value(), LogEntry.TEXT_CHARS_MAX);
      room -= line.text(value, Math.max(room, 8), Escape.JSON);
      line.plain("\"");
    }
    if (!entry.exception().isEmpty()) {
      line.plain(",\"exception\":\"");
      String exception = secrets.scrub(entry.exception(), LogEntry.TEXT_CHARS_MAX);
      line.text(exception, EXCEPTION_BYTES_MAX, Escape.JSON);
      line.plain("\"");
    }
    return line.plain("}").finish();
  }
}

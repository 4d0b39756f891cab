package io.jethproxy.observe;

import io.jethproxy.observe.LineBuffer.Escape;

/** {@code 2026-11-22T13:54:32.123Z INFO fleet message key=value exception="…"}. */
record TextLine() implements LineFormat {

  @Override
  public byte[] line(LogEntry entry, Secrets secrets) {
    LineBuffer line = new LineBuffer();
    LineFormat.appendTime(line, entry.epochMillis());
    String level = entry.level().name();
    line.plain(" ").plain(level).plain(level.length() < 5 ? "  " : " ");
    line.text(entry.logger(), LOGGER_BYTES_MAX, Escape.TEXT);
    line.plain("  ");
    line.text(
        secrets.scrub(entry.message(), LogEntry.TEXT_CHARS_MAX), MESSAGE_BYTES_MAX, Escape.TEXT);
    int room = PAIRS_BYTES_MAX;
    for (LogEntry.Pair pair : entry.pairs()) {
      line.plain(" ");
      room -= line.text(pair.key(), Math.max(room, 8), Escape.TEXT);
      line.plain("=");
      room -= value(line, secrets.scrub(pair.value(), LogEntry.TEXT_CHARS_MAX), Math.max(room, 8));
    }
    if (!entry.exception().isEmpty()) {
      line.plain("  ");
      String exception = secrets.scrub(entry.exception(), LogEntry.TEXT_CHARS_MAX);
      line.text(exception, EXCEPTION_BYTES_MAX, Escape.STACK);
    }
    return line.finish();
  }

  /** In quotes where a reader could not tell the end otherwise. */
  private static int value(LineBuffer line, String value, int bytesMax) {
    boolean bare =
        !value.isEmpty() && value.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
    if (bare) {
      return line.text(value, bytesMax, Escape.TEXT);
    }
    line.plain("\"");
    int used = line.text(value, bytesMax, Escape.QUOTED);
    line.plain("\"");
    return used + 2;
  }
}

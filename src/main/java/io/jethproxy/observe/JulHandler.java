package io.jethproxy.observe;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what the JDK and libraries log through {@code java.util.logging} to SLF4J. */
final class JulHandler extends Handler {

  private final SimpleFormatter messages = new SimpleFormatter();

  /** Takes the place of the JDK's console handler. */
  static void install() {
    LogManager.getLogManager().reset();
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new JulHandler());
  }

  @Override
  public void publish(LogRecord record) {
    String name = record.getLoggerName();
    Logger logger = LoggerFactory.getLogger(name == null ? "jul" : name);
    logger
        .atLevel(level(record.getLevel().intValue()))
        .setCause(record.getThrown())
        .log(messages.formatMessage(record));
  }

  private static org.slf4j.event.Level level(int jul) {
    if (jul >= Level.SEVERE.intValue()) {
      return org.slf4j.event.Level.ERROR;
    }
    if (jul >= Level.WARNING.intValue()) {
      return org.slf4j.event.Level.WARN;
    }
    return jul >= Level.INFO.intValue() ? org.slf4j.event.Level.INFO : org.slf4j.event.Level.DEBUG;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}

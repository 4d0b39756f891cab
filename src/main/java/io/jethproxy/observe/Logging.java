package io.jethproxy.observe;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The log of the process: everything logged through SLF4J or {@code java.util.logging} goes to
 * stdout and, if wanted, to a file.
 *
 * <p>A caller never waits for a sink: each sink has a bounded queue and a thread of its own (see
 * {@link LogWriter}), so that a stdout that nobody reads silences neither the gateway nor the file.
 */
public final class Logging implements AutoCloseable {

  private static final Duration FLUSH_MAX = Duration.ofSeconds(2);
  private static final String OURS = "io.jethproxy";

  /**
   * What to log, where and how.
   *
   * @param level of the gateway's own loggers; third-party loggers stay at WARN, or at ERROR if
   *     that is asked for
   * @param file a second sink beside stdout
   */
  public record Config(Level level, Optional<Path> file, Format format) {

    public static final Config DEFAULT = new Config(Level.INFO, Optional.empty(), Format.TEXT);
  }

  /** How a line looks. */
  public enum Format {
    TEXT,
    JSON
  }

  private final List<LogWriter> writers = new ArrayList<>();
  private final Appender appender;
  private final InstantSource clock;
  private final CountDownLatch finished;
  private @Nullable UncaughtExceptionHandler replacedHandler;

  private Logging(InstantSource clock, int sinks) {
    this.clock = clock;
    this.finished = new CountDownLatch(sinks);
    this.appender = new Appender();
  }

  /** Starts logging to the process's stdout. */
  public static Logging start(Config config, Secrets secrets) {
    return start(config, secrets, new FileOutputStream(FileDescriptor.out), InstantSource.system());
  }

  /** Starts logging with another stdout and clock. */
  public static Logging start(
      Config config, Secrets secrets, OutputStream stdout, InstantSource clock) {
    Logging logging = new Logging(clock, config.file().isPresent() ? 2 : 1);
    logging.addSink(config, secrets, new LineChannel("stdout", Channels.newChannel(stdout)));
    config.file().ifPresent(path -> logging.addSink(config, secrets, new FileSink(path)));
    logging.writers.forEach(LogWriter::start);
    logging.attach(config.level());
    return logging;
  }

  /** Lines that did not reach a sink since the start, summed over the sinks. */
  public long droppedLines() {
    return writers.stream().mapToLong(LogWriter::droppedLines).sum();
  }

  /** Changes the level of the gateway's own loggers, and of the others where it is above WARN. */
  public void level(Level level) {
    boolean strict = level == Level.ERROR;
    context().getLogger(OURS).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
    root()
        .setLevel(strict ? ch.qos.logback.classic.Level.ERROR : ch.qos.logback.classic.Level.WARN);
  }

  /** Takes no more lines and writes those that wait, for at most two seconds. */
  @Override
  public void close() {
    root().detachAppender(appender);
    appender.stop();
    Thread.setDefaultUncaughtExceptionHandler(replacedHandler);
    writers.forEach(writer -> writer.queue().close());
    try {
      // A writer that is stuck is left behind: its thread is a daemon.
      finished.await(FLUSH_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void addSink(Config config, Secrets secrets, LogSink sink) {
    LineFormat format =
        switch (config.format()) {
          case TEXT -> new TextLine();
          case JSON -> new JsonLine();
        };
    writers.add(new LogWriter(sink, format, secrets, clock, this::sinkFails, finished::countDown));
  }

  /** Tells it through the sinks; the failing one counts the line with the others it lost. */
  private void sinkFails(String problem) {
    append(LogEntry.of(clock.millis(), Level.WARN, "log", "cannot write the log to " + problem));
  }

  private void append(LogEntry entry) {
    for (LogWriter writer : writers) {
      writer.queue().offer(entry);
    }
  }

  private void attach(Level level) {
    JulHandler.install();
    level(level);
    root().detachAndStopAllAppenders();
    appender.setContext(context());
    appender.start();
    root().addAppender(appender);
    replacedHandler = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) ->
        LoggerFactory.getLogger(OURS + ".app")
            .error("uncaught exception in thread {}", thread.getName(), thrown));
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static Logger root() {
    return context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** Logback's side: on the caller's thread, so it only bounds the event and queues it. */
  private final class Appender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
      if (writers.stream().anyMatch(writer -> writer.queue().hasRoom())) {
        Logging.this.append(LogEntry.of(event, clock.millis()));
      } else {
        writers.forEach(writer -> writer.queue().drop());
      }
    }
  }
}

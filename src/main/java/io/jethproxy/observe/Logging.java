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
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The log of the process: everything logged through SLF4J or {@code java.util.logging} goes to
 * stdout and, if wanted, to a file and to Loki.
 *
 * <p>A caller never waits for a sink: each sink has a bounded queue and a thread of its own (see
 * {@link LogWriter} and {@link LokiShipper}), so that a stdout that nobody reads silences neither
 * the gateway nor the file.
 */
public final class Logging implements AutoCloseable {

  private static final Duration FLUSH_MAX = Duration.ofSeconds(2);
  private static final Duration SHIP_MAX = Duration.ofMillis(2_500);
  private static final String OURS = "io.jethproxy";

  /**
   * What to log, where and how.
   *
   * @param level of the gateway's own loggers; third-party loggers stay at WARN, or at ERROR if
   *     that is asked for
   * @param file a second sink beside stdout
   * @param loki a third one
   */
  public record Config(Level level, Optional<Path> file, Format format, Optional<LokiTarget> loki) {

    /** Not to Loki. */
    public Config(Level level, Optional<Path> file, Format format) {
      this(level, file, format, Optional.empty());
    }

    public static final Config DEFAULT = new Config(Level.INFO, Optional.empty(), Format.TEXT);
  }

  /** How a line looks. */
  public enum Format {
    TEXT,
    JSON
  }

  private final List<LogWriter> writers = new ArrayList<>();
  private final Optional<LokiShipper> loki;
  private final Appender appender;
  private final InstantSource clock;
  private final CountDownLatch finished;
  private @Nullable UncaughtExceptionHandler replacedHandler;

  private Logging(Config config, Secrets secrets, InstantSource clock) {
    this.clock = clock;
    this.finished = new CountDownLatch(config.file().isPresent() ? 2 : 1);
    this.loki = config.loki().map(target -> shipper(target, format(config), secrets));
    this.appender = new Appender();
  }

  /** Starts logging to the process's stdout. */
  public static Logging start(Config config, Secrets secrets) {
    return start(config, secrets, new FileOutputStream(FileDescriptor.out), InstantSource.system());
  }

  /** Starts logging with another stdout and clock. */
  public static Logging start(
      Config config, Secrets secrets, OutputStream stdout, InstantSource clock) {
    Logging logging = new Logging(config, secrets, clock);
    logging.addSink(config, secrets, new LineChannel("stdout", Channels.newChannel(stdout)));
    config.file().ifPresent(path -> logging.addSink(config, secrets, new FileSink(path)));
    logging.writers.forEach(LogWriter::start);
    logging.loki.ifPresent(LokiShipper::start);
    logging.attach(config.level());
    return logging;
  }

  /** Lines that did not reach stdout or the file since the start, summed over the two. */
  public long droppedLines() {
    return writers.stream().mapToLong(LogWriter::droppedLines).sum();
  }

  /** What became of the lines for Loki; empty when they are not shipped. */
  public Optional<LokiCounts> loki() {
    return loki.map(shipper -> shipper);
  }

  /** Changes the level of the gateway's own loggers, and of the others where it is above WARN. */
  public void level(Level level) {
    boolean strict = level == Level.ERROR;
    context().getLogger(OURS).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
    root()
        .setLevel(strict ? ch.qos.logback.classic.Level.ERROR : ch.qos.logback.classic.Level.WARN);
  }

  /**
   * Takes no more lines and gets rid of those that wait: for at most three seconds to Loki, then
   * for at most two to the other sinks, which are told what Loki did not get.
   */
  @Override
  public void close() {
    root().detachAppender(appender);
    appender.stop();
    Thread.setDefaultUncaughtExceptionHandler(replacedHandler);
    try {
      if (loki.isPresent()) {
        closeLoki(loki.get());
      }
      writers.forEach(writer -> writer.queue().close());
      // A writer that is stuck is left behind: its thread is a daemon.
      finished.await(FLUSH_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      writers.forEach(writer -> writer.queue().close());
      Thread.currentThread().interrupt();
    }
  }

  private void closeLoki(LokiShipper shipper) throws InterruptedException {
    shipper.close(SHIP_MAX.toMillis());
    long lost = shipper.lostLines(LokiCounts.Lost.SHUTDOWN);
    if (lost > 0) {
      tellLocally(lost + " log lines had not been shipped to Loki when logging ended");
    }
  }

  private LokiShipper shipper(LokiTarget target, LineFormat format, Secrets secrets) {
    return new LokiShipper(
        new LokiBody(format, secrets, target.structuredMetadata(), target.instance()),
        () -> new LokiPush(target),
        new Redactor(secrets),
        this::tellLocally,
        new SplittableRandom());
  }

  private static LineFormat format(Config config) {
    return switch (config.format()) {
      case TEXT -> new TextLine();
      case JSON -> new JsonLine();
    };
  }

  private void addSink(Config config, Secrets secrets, LogSink sink) {
    writers.add(
        new LogWriter(sink, format(config), secrets, clock, this::sinkFails, finished::countDown));
  }

  /** Tells it through the sinks; the failing one counts the line with the others it lost. */
  private void sinkFails(String problem) {
    append(LogEntry.of(clock.millis(), Level.WARN, "log", "cannot write the log to " + problem));
  }

  /** Tells what became of other sinks: not to Loki, whose own troubles would never end. */
  private void tellLocally(String what) {
    appendLocally(LogEntry.of(clock.millis(), Level.WARN, "log", what));
  }

  private void append(LogEntry entry) {
    appendLocally(entry);
    loki.ifPresent(shipper -> shipper.offer(entry));
  }

  private void appendLocally(LogEntry entry) {
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
      if (loki.isPresent() || writers.stream().anyMatch(writer -> writer.queue().hasRoom())) {
        Logging.this.append(LogEntry.of(event, clock.millis()));
      } else {
        writers.forEach(writer -> writer.queue().drop());
      }
    }
  }
}

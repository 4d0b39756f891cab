package io.jethproxy.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The queue and the one daemon thread of one sink. Everything that can block or fail happens on
 * this thread: a line that cannot be written is lost and counted, and the count is written as a
 * line of its own once writing works again.
 */
final class LogWriter {

  private static final int ENTRIES_MAX = 8_192;
  private static final long BYTES_MAX = 8 << 20;

  /** How long a count of lost lines waits for the sink to recover before the next try. */
  private static final long RETRY_MILLIS = 1_000;

  private static final long IDLE_MILLIS = 60_000;

  /** With a queue that never gets half empty, a notice comes after this many lines. */
  private static final int LINES_BETWEEN_NOTICES = 4_096;

  private final LogSink sink;
  private final LineFormat format;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Consumer<String> onFailing;
  private final Runnable onFinished;
  private final LogQueue queue = new LogQueue(ENTRIES_MAX, BYTES_MAX);
  private final Thread thread;

  private volatile long failedLines; // written by the thread only
  private long reported;
  private int linesSinceNotice;
  private boolean failing;

  /**
   * @param onFailing told, in a few words, when the sink starts to fail; runs on the writer's
   *     thread and must not wait
   * @param onFinished told when the queue was closed and emptied
   */
  LogWriter(
      LogSink sink,
      LineFormat format,
      Secrets secrets,
      InstantSource clock,
      Consumer<String> onFailing,
      Runnable onFinished) {
    this.sink = sink;
    this.format = format;
    this.secrets = secrets;
    this.clock = clock;
    this.onFailing = onFailing;
    this.onFinished = onFinished;
    this.thread =
        Thread.ofPlatform().daemon().name("log-writer-" + sink.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  LogQueue queue() {
    return queue;
  }

  /** Lines that did not get to the sink, for want of room or because writing failed. */
  long droppedLines() {
    return queue.dropped() + failedLines;
  }

  private void run() {
    try {
      while (!queue.isFinished()) {
        LogEntry entry = queue.take(droppedLines() > reported ? RETRY_MILLIS : IDLE_MILLIS);
        reportDropped(entry == null);
        if (entry != null) {
          writeOrCount(entry);
        }
      }
      reportDropped(true);
      sink.close();
    } catch (InterruptedException | IOException end) {
      queue.close(); // without this thread, nothing may be queued
    } finally {
      onFinished.run();
    }
  }

  private void reportDropped(boolean idle) {
    long dropped = droppedLines() - reported;
    boolean due = idle || queue.isHalfEmpty() || linesSinceNotice >= LINES_BETWEEN_NOTICES;
    if (dropped > 0 && due) {
      String notice = "dropped " + dropped + " log lines";
      if (write(LogEntry.of(clock.millis(), Level.WARN, "log", notice)) == null) {
        reported += dropped;
        linesSinceNotice = 0;
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void writeOrCount(LogEntry entry) {
    linesSinceNotice++;
    String problem = write(entry);
    if (problem != null) {
      failedLines++;
      if (!failing) {
        onFailing.accept(sink.name() + ": " + problem);
      }
    }
    failing = problem != null;
  }

  /** Null when the line was written, else why not. */
  private @Nullable String write(LogEntry entry) {
    try {
      sink.write(ByteBuffer.wrap(format.line(entry, secrets)), clock.millis());
      return null;
    } catch (IOException | RuntimeException failed) {
      return failed.toString();
    }
  }
}

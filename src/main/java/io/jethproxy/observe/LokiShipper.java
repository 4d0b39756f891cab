package io.jethproxy.observe;

import io.jethproxy.fleet.Backoff;
import io.jethproxy.observe.LokiPush.Result;
import io.jethproxy.observe.LokiQueue.Measure;
import io.jethproxy.observe.LokiQueue.Stamped;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The queue and the one daemon thread that ship lines to Loki. Everything that can block or fail
 * happens on this thread. What fails is tried again, oldest first, until newer lines need the room;
 * what Loki refuses is not.
 *
 * <p>Its own troubles are counted and told to the other sinks, never shipped: they would make more
 * of themselves.
 */
final class LokiShipper implements LokiCounts {

  /** Lines and bytes that wait at most. */
  static final Measure ROOM = new Measure(20_000, 8 << 20);

  /** At most some 3 MB of JSON, whatever is logged: Loki takes 4 MB. */
  private static final Measure BATCH = new Measure(2_000, 512 << 10);

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long RETRY_MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** One failure may be a connection that grew old; two in a row are trouble. */
  private static final int FAILURES_TO_TELL = 2;

  /** A trouble that lasts is told again after so much waiting. */
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** Refusals are told at the first, then at each time as many. */
  private static final long REFUSALS_BETWEEN = 100;

  private final LokiBody body;
  private final Supplier<LokiPush> connect;
  private final Redactor redactor;
  private final Consumer<String> tell;
  private final LokiQueue queue = queue();
  private final Backoff backoff;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Map<LokiTrouble, AtomicLong> failed = new EnumMap<>(LokiTrouble.class);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread thread;

  private @Nullable LokiPush push;
  private int failuresInARow;
  private boolean told;
  private long lostWhenTold;
  private long waitedSinceToldNanos;

  /**
   * @param connect makes the connection; on this shipper's thread, as it takes a while
   * @param tell what to tell the other sinks, in a few words; must not wait
   */
  LokiShipper(
      LokiBody body,
      Supplier<LokiPush> connect,
      Redactor redactor,
      Consumer<String> tell,
      RandomGenerator random) {
    this.body = body;
    this.connect = connect;
    this.redactor = redactor;
    this.tell = tell;
    this.backoff = new Backoff(RETRY_FIRST_NANOS, RETRY_MOST_NANOS, random);
    for (LokiTrouble trouble : LokiTrouble.values()) {
      failed.put(trouble, new AtomicLong());
    }
    this.thread = Thread.ofPlatform().daemon().name("log-writer-loki").unstarted(this::run);
  }

  /** A queue of the shipped size. */
  static LokiQueue queue() {
    return new LokiQueue(ROOM, BATCH);
  }

  void start() {
    thread.start();
  }

  /** Keeps the entry, in the place of the oldest if it must; never waits. */
  void offer(LogEntry entry) {
    queue.offer(entry);
  }

  /** Takes no more, ships what waits for at most so long, and gives the rest up. */
  void close(long mostMillis) throws InterruptedException {
    queue.close();
    if (!finished.await(mostMillis, TimeUnit.MILLISECONDS)) {
      thread.interrupt();
      finished.await(200, TimeUnit.MILLISECONDS); // only for the counts to be right
    }
  }

  private void run() {
    try {
      List<Stamped> batch = queue.take(LINGER_NANOS);
      while (!batch.isEmpty()) {
        ship(batch);
        batch = queue.take(LINGER_NANOS);
      }
    } catch (InterruptedException hurried) {
      // at the end only; what is left is counted below
    } finally {
      queue.abandon();
      if (push != null) {
        push.close();
      }
      finished.countDown();
    }
  }

  private void ship(List<Stamped> batch) throws InterruptedException {
    Result result;
    try {
      result = send(batch);
    } catch (InterruptedException hurried) {
      queue.giveBack(batch);
      throw hurried;
    }
    switch (result) {
      case Result.Taken() -> {
        queue.settle();
        sent.addAndGet(batch.size());
        recovered();
      }
      case Result.Failed(var trouble, var detail, _) when trouble == LokiTrouble.REFUSED -> {
        queue.settle();
        refused.addAndGet(batch.size());
        recovered();
        refusedFor(detail);
      }
      case Result.Failed failure -> {
        queue.giveBack(batch);
        failedFor(failure);
      }
    }
  }

  private Result send(List<Stamped> batch) throws InterruptedException {
    byte[] gzippedJson;
    try {
      gzippedJson = body.of(batch);
    } catch (RuntimeException defect) {
      return new Result.Failed(LokiTrouble.REFUSED, "not written: " + defect, 0);
    }
    try {
      if (push == null) {
        push = connect.get();
      }
      return push.send(gzippedJson);
    } catch (RuntimeException broken) {
      return new Result.Failed(LokiTrouble.BROKEN, broken.toString(), 0);
    }
  }

  private void recovered() {
    if (told) {
      tell.accept("shipping to Loki works again; " + (lost() - lostWhenTold) + " lines are lost");
    }
    told = false;
    failuresInARow = 0;
    backoff.reset();
  }

  private void refusedFor(String detail) {
    long refusals = count(LokiTrouble.REFUSED);
    if (refusals % REFUSALS_BETWEEN == 1) {
      tell.accept("Loki refuses lines, which are lost: " + shown(detail));
    }
  }

  private void failedFor(Result.Failed failure) throws InterruptedException {
    count(failure.trouble());
    failuresInARow++;
    boolean due = told ? waitedSinceToldNanos >= TELL_AGAIN_NANOS : isTrouble();
    if (due) {
      lostWhenTold = told ? lostWhenTold : lost();
      told = true;
      waitedSinceToldNanos = 0;
      tell.accept(
          "cannot ship to Loki: " + failure.trouble().label() + ": " + shown(failure.detail()));
    }
    if (queue.isClosed() && isTrouble()) {
      queue.abandon();
      return;
    }
    long waitNanos =
        TimeUnit.MILLISECONDS.toNanos(failure.retryAfterMillis()) + backoff.nextNanos();
    waitedSinceToldNanos += waitNanos;
    queue.awaitClosed(waitNanos);
  }

  private boolean isTrouble() {
    return failuresInARow >= FAILURES_TO_TELL;
  }

  private long count(LokiTrouble trouble) {
    return counter(trouble).incrementAndGet();
  }

  private AtomicLong counter(LokiTrouble trouble) {
    return Objects.requireNonNull(failed.get(trouble));
  }

  private String shown(String detail) {
    String redacted = redactor.redact(detail);
    return redacted.substring(0, Math.min(redacted.length(), 300));
  }

  /** Lines that Loki will never get, for whatever reason. */
  long lost() {
    return queue.dropped() + refused.get() + queue.lateLines();
  }

  @Override
  public long sentLines() {
    return sent.get();
  }

  @Override
  public long lostLines(Lost why) {
    return switch (why) {
      case FULL -> queue.dropped();
      case REFUSED -> refused.get();
      case SHUTDOWN -> queue.lateLines();
    };
  }

  @Override
  public long failedPushes(LokiTrouble trouble) {
    return counter(trouble).get();
  }

  @Override
  public long waitingBytes() {
    return queue.waitingBytes();
  }
}

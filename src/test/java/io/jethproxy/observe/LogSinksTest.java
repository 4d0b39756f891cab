package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Logging.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Sinks that block, fill up, go away and come back. */
@Isolated("the root logger belongs to the whole JVM")
class LogSinksTest {

  private static final Path FULL_DISK = Path.of("/dev/full");

  @TempDir Path directory;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T13:54:32Z"));
  private final InstantSource clock = now::get;
  private final Logger logger = LoggerFactory.getLogger("io.jethproxy.app");
  private final Captured stdout = new Captured();

  private Logging start(Path file, OutputStream out) {
    Config config = new Config(Level.INFO, Optional.of(file), Format.TEXT);
    return Logging.start(config, new Secrets(), out, clock);
  }

  private void turnSeconds(int seconds) {
    now.updateAndGet(instant -> instant.plusSeconds(seconds));
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void neverWaitsForAStdoutThatBlocksAndKeepsWritingTheFile() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            stdout.write(bytes, from, length);
          }
        };
    Path file = directory.resolve("app.log");

    try (Logging logging = start(file, stuck)) {
      for (int i = 0; i < 10_000; i++) {
        logger.info("line {}", i);
        if (i % 1_000 == 999) {
          int last = i;
          await(() -> read(file).contains("line " + last + "\n"));
        }
      }

      // one line is in the blocked write, 8,192 wait
      assertThat(logging.droppedLines()).isBetween(1_800L, 1_808L);
      long dropped = logging.droppedLines();
      release.countDown();
      await(() -> stdout.text().contains("dropped " + dropped + " log lines"));
      assertThat(stdout.text()).contains("line 0\n").doesNotContain("line 9999\n");
      logger.info("and on");
      await(() -> stdout.text().contains("and on"));
    }
    assertThat(read(file).lines()).hasSize(10_001);
  }

  @Test
  void boundsWaitingLinesByBytesToo() throws Exception {
    LogQueue queue = new LogQueue(1_000, 10_000);

    for (int i = 0; i < 100; i++) {
      queue.offer(LogEntry.of(0, Level.INFO, "app", "x".repeat(900)));
    }

    assertThat(queue.dropped()).isEqualTo(95); // (200 + 2 × 900) × 5 = 10,000
    assertThat(queue.hasRoom()).isFalse();
    assertThat(queue.take(0)).isNotNull();
    assertThat(queue.hasRoom()).isTrue();
  }

  @Test
  void closesInTwoSecondsWhenASinkIsStuck() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Path file = directory.resolve("app.log");
    Logging logging = start(file, stuck);
    logger.info("last words");
    long start = System.nanoTime();

    logging.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThat(read(file)).contains("last words");
    never.countDown();
  }

  @Test
  void countsWhatAFullDiskRefusesAndResumesWhenSpaceReturns() throws Exception {
    Assumptions.assumeTrue(Files.exists(FULL_DISK), "no /dev/full here");
    Path link = directory.resolve("app.log");
    Path disk = directory.resolve("disk.log");
    Files.createSymbolicLink(link, FULL_DISK);

    try (Logging logging = start(link, stdout)) {
      for (int i = 0; i < 50; i++) {
        logger.info("lost {}", i);
      }
      await(() -> logging.droppedLines() >= 51); // and the warning itself
      await(() -> stdout.text().contains("lost 49"));
      await(() -> stdout.text().contains("No space left on device")); // may come after them
      assertThat(stdout.text())
          .contains("lost 49")
          .contains("cannot write the log to " + link)
          .containsOnlyOnce("No space left on device");

      Path swap = directory.resolve("swap");
      Files.createSymbolicLink(swap, disk);
      Files.move(swap, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      turnSeconds(2);
      logger.info("back");
      await(() -> read(disk).contains("back"));
    }

    assertThat(read(disk).lines().toList().getFirst()).endsWith("log  dropped 51 log lines");
  }

  @Test
  void makesTheFileAgainWhenItWasDeleted() throws Exception {
    Path file = directory.resolve("app.log");

    try (Logging _ = start(file, stdout)) {
      logger.info("first");
      await(() -> read(file).contains("first"));
      Files.delete(file);
      turnSeconds(1);
      logger.info("second");
      await(() -> read(file).contains("second"));
    }

    assertThat(read(file)).doesNotContain("first");
  }

  @Test
  void writesToTheNewFileWhenTheOldOneWasRotatedAway() throws Exception {
    Path file = directory.resolve("app.log");
    Path rotated = directory.resolve("app.log.1");

    try (Logging logging = start(file, stdout)) {
      logger.info("first");
      await(() -> read(file).contains("first"));
      Files.move(file, rotated);
      Files.writeString(file, "made by logrotate\n");
      logger.info("not looked up yet");
      await(() -> read(rotated).contains("not looked up"));
      turnSeconds(1);
      logger.info("second");
      await(() -> read(file).contains("second"));
      assertThat(logging.droppedLines()).isZero();
    }

    assertThat(read(file)).startsWith("made by logrotate\n");
    assertThat(read(rotated)).doesNotContain("second");
  }

  @Test
  void comesBackWhenTheDirectoryWasGoneForAWhile() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("logs"));
    Path file = folder.resolve("app.log");

    try (Logging logging = start(file, stdout)) {
      logger.info("first");
      await(() -> read(file).contains("first"));
      Files.delete(file);
      Files.delete(folder);
      turnSeconds(1);
      logger.info("second");
      await(() -> logging.droppedLines() == 2); // and the warning on stdout that it fails
      Files.createDirectory(folder);
      turnSeconds(1);
      logger.info("third");
      await(() -> read(file).contains("third"));
    }

    assertThat(read(file)).contains("dropped 2 log lines").doesNotContain("second");
    assertThat(stdout.text()).contains("second").contains("cannot write the log to " + file);
  }

  @Test
  void startsWithAFileThatCannotBeOpened() {
    Path file = directory.resolve("nowhere").resolve("app.log");

    try (Logging _ = start(file, stdout)) {
      logger.info("hello");
      await(() -> stdout.text().contains("cannot write the log to " + file));
    }

    assertThat(stdout.text()).contains("hello");
  }

  @Test
  void keepsLinesApartWhenAWriteBrokeInTheMiddle() throws Exception {
    Captured kept = new Captured();
    AtomicReference<Integer> room = new AtomicReference<>(5);
    var channel =
        new java.nio.channels.WritableByteChannel() {
          @Override
          public int write(java.nio.ByteBuffer bytes) throws IOException {
            int count = Math.min(room.get(), bytes.remaining());
            if (count == 0) {
              throw new IOException("No space left on device");
            }
            room.set(room.get() - count);
            for (int i = 0; i < count; i++) {
              kept.write(bytes.get());
            }
            return count;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    LineChannel lines = new LineChannel("test", channel);

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> lines.write(line("0123456789"), 0))
        .isInstanceOf(IOException.class);
    room.set(1_000);
    lines.write(line("next"), 0);

    assertThat(kept.text()).isEqualTo("01234\nnext\n");
  }

  private static java.nio.ByteBuffer line(String text) {
    return java.nio.ByteBuffer.wrap(
        (text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void isReadyForTheSecondStartAfterTheFirstClosed() throws Exception {
    start(directory.resolve("one.log"), stdout).close();

    try (Logging _ = start(directory.resolve("two.log"), stdout)) {
      logger.info("once");
    }

    assertThat(stdout.lines()).hasSize(1);
  }
}

package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own whose stdout is a real pipe or device in trouble. */
@Timeout(60)
class LogProcessTest {

  private static final int LINES = 30_000;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each test starts it
  private Process child;

  @AfterEach
  void stopChild() {
    child.destroyForcibly();
  }

  private record Report(long lines, long dropped, long slowestMillis, long closingMillis) {}

  private ProcessBuilder builder() {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LogChild.class.getName(),
                directory.resolve("report").toString(),
                Integer.toString(LINES)))
        .redirectError(directory.resolve("stderr").toFile());
  }

  private Report report() throws Exception {
    assertThat(child.waitFor(50, TimeUnit.SECONDS)).as("ends").isTrue();
    assertThat(directory.resolve("stderr")).isEmptyFile();
    assertThat(child.exitValue()).isZero();
    long[] numbers =
        Arrays.stream(Files.readString(directory.resolve("report")).split(" "))
            .mapToLong(Long::parseLong)
            .toArray();
    return new Report(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  @Test
  void doesNotWaitForAReaderThatDoesNotRead() throws Exception {
    child = builder().start(); // the pipe holds 64 KiB; nobody reads it

    Report report = report();

    assertThat(report.dropped).isBetween(LINES - 8_192L - 1_000, LINES - 8_192L);
    assertThat(report.slowestMillis).isLessThan(3_000);
    assertThat(report.closingMillis).isBetween(1_900L, 4_000L);
  }

  @Test
  void survivesAReaderThatDied() throws Exception {
    child = builder().start();
    child.getInputStream().close();

    Report report = report();

    assertThat(report.closingMillis).isLessThan(1_900);
    assertThat(report.dropped).isPositive();
  }

  @Test
  void survivesAStdoutOnAFullDisk() throws Exception {
    File full = new File("/dev/full");
    Assumptions.assumeTrue(full.exists(), "no /dev/full here");
    child = builder().redirectOutput(full).start();

    assertThat(report().dropped).isPositive();
  }

  @Test
  void losesNothingWhenTheReaderReads() throws Exception {
    Path out = directory.resolve("stdout");
    child = builder().redirectOutput(out.toFile()).start();

    Report report = report();

    List<String> lines = Files.readAllLines(out, StandardCharsets.UTF_8);
    long logged = lines.stream().filter(line -> line.contains("INFO  app  line ")).count();
    assertThat(logged).isEqualTo(LINES - report.dropped);
    assertThat(report.closingMillis).isLessThan(1_900);
  }
}

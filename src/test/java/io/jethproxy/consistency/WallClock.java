package io.jethproxy.consistency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The wall clock of another process, which can be set while it runs; its monotonic clock goes on as
 * it must. Done by libfaketime, where that is installed.
 *
 * @param launcher what to start the process under; empty for a clock that is right
 */
record WallClock(List<String> launcher, Optional<Path> file) {

  /** The machine's. */
  static WallClock right() {
    return new WallClock(List.of(), Optional.empty());
  }

  /**
   * Skips the test where libfaketime is not installed, also when peers are required: a machine
   * without packages of Debian cannot have it, and that nothing reads the wall clock is checked in
   * the code as well (ArchitectureTest).
   */
  static WallClock adjustable(Path directory) {
    Optional<Path> library =
        Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu", ".")
            .map(machine -> Path.of("/usr/lib", machine, "faketime/libfaketimeMT.so.1"))
            .filter(Files::isReadable)
            .findFirst();
    Assumptions.assumeTrue(
        library.isPresent(), "libfaketime is not installed: apt-get install libfaketime");
    Path file = directory.resolve("clock");
    WallClock clock =
        new WallClock(
            List.of(
                "env",
                "LD_PRELOAD=" + library.orElseThrow(),
                "FAKETIME_TIMESTAMP_FILE=" + file,
                "FAKETIME_NO_CACHE=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0", // else waits of the JVM end at once
                "NO_FAKE_STAT=1"),
            Optional.of(file));
    clock.set(Duration.ZERO);
    return clock;
  }

  /** From now on it is so far ahead of the truth, or behind. */
  void set(Duration ahead) {
    try {
      Path to = file.orElseThrow();
      Path fresh = to.resolveSibling(to.getFileName() + ".new");
      Files.writeString(fresh, "%+d\n".formatted(ahead.toSeconds()));
      Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

import java.io.IOException;
import java.nio.file.Path;

/** Closed-loop load by wrk: as fast as the proxy answers on a fixed number of connections. */
final class Wrk {
  /**
   * What one run did: times in microseconds, {@code failed} = answers of status 400 and up plus
   * socket errors.
   */
  record Result(
      long requests,
      long durationMicros,
      long bytes,
      long failed,
      long p50Micros,
      long p99Micros,
      long maxMicros) {
    double perSecond() {
      return requests * 1e6 / durationMicros;
    }
  }

  private final Path script;
  private final Running running;
  private final int connections;
  private int round;

  Wrk(Path script, Running running, int connections) {
    this.script = script;
    this.running = running;
    this.connections = connections;
  }

  Result run(Kind kind, int port, int seconds) throws IOException, InterruptedException {
    String seed = "%08x".formatted((int) System.nanoTime() ^ ++round << 24);
    String output =
        running.outputOf(
            "wrk",
            "-t1",
            "-c" + connections,
            "-d" + seconds + "s",
            "--timeout",
            "10s",
            "-s",
            script.toString(),
            "http://127.0.0.1:" + port + "/",
            "--",
            kind.load(),
            seed,
            "0x" + Long.toHexString(SimulatedChain.recent()));
    for (String line : output.lines().toList()) {
      if (line.startsWith("RESULT ")) {
        String[] n = line.split(" ");
        return new Result(
            Long.parseLong(n[1]),
            Long.parseLong(n[2]),
            Long.parseLong(n[3]),
            Long.parseLong(n[4]) + Long.parseLong(n[5]),
            Long.parseLong(n[6]),
            Long.parseLong(n[7]),
            Long.parseLong(n[8]));
      }
    }
    throw new IOException("wrk gave no result: " + output);
  }
}

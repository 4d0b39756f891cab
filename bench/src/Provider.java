import java.io.IOException;
import java.util.List;

/** A simulated provider in a process of its own, which can be killed. */
record Provider(Process process, int port) {
  /** The same for all of a run, so that they agree on the chain. */
  private static final long FIRST_BLOCK = SimulatedChain.firstNow();

  static Provider start(Running running, String name, int delayMillis) throws IOException {
    List<String> command =
        List.of(
            Settings.at("java.home").resolve("bin/java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "SimulatedProvider",
            Integer.toString(delayMillis),
            Long.toString(FIRST_BLOCK));
    Running.Started started = running.startUntilFirstLine(name, command);
    return new Provider(started.process(), Integer.parseInt(started.firstLine().trim()));
  }

  /** JSON-RPC items answered so far; zero once killed. */
  long served() throws IOException {
    return process.isAlive() ? Long.parseLong(Ask.get(port, "/count").body()) : 0;
  }
}

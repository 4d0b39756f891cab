import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A simulated provider in a process of its own, which can be killed. */
record Provider(Process process, int port) {
  /** The same for all of a run, so that they agree on the chain. */
  private static final long FIRST_BLOCK = SimulatedChain.firstNow();

  static Provider start(Running running, String name, int delayMillis) throws IOException {
    Running.Started started =
        start(
            running,
            name,
            "SimulatedProvider",
            Integer.toString(delayMillis),
            Long.toString(FIRST_BLOCK));
    return new Provider(started.process(), Integer.parseInt(started.firstLine().trim()));
  }

  /** Those of {@link LivelyProviders}: they share a process. */
  static List<Provider> startLively(Running running) throws IOException {
    Running.Started started = start(running, "lively-providers", "LivelyProviders");
    return Arrays.stream(started.firstLine().trim().split(" "))
        .map(port -> new Provider(started.process(), Integer.parseInt(port)))
        .toList();
  }

  /** A {@link BareSender}: no provider, but made and told alike. */
  static Provider startBare(Running running, int payloadBytes) throws IOException {
    Running.Started started =
        start(running, "bare-sender", "BareSender", Integer.toString(payloadBytes));
    return new Provider(started.process(), Integer.parseInt(started.firstLine().trim()));
  }

  /** Has one of {@link LivelyProviders} make a block. */
  void mine() throws IOException {
    process.outputWriter().append('\n').flush();
  }

  private static Running.Started start(Running running, String name, String... mainAndArguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Settings.at("java.home").resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(mainAndArguments));
    return running.startUntilFirstLine(name, command);
  }

  /** JSON-RPC items answered so far; zero once killed. */
  long served() throws IOException {
    return process.isAlive() ? Long.parseLong(Ask.get(port, "/count").body()) : 0;
  }
}

package io.jethproxy.nodes;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RpcClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real program, {@code serve}, as a process of its own on free loopback ports. Its environment
 * holds only what is set here. Ends with {@link #close}.
 */
public final class GatewayProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LINES_MAX = 20_000;
  private static final Pattern LISTENS =
      Pattern.compile("listens on \\S+?:(\\d+) \\(management \\S+?:(\\d+)\\)");

  /** What a test sets; everything else is as shipped. */
  public static final class Builder {
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> command = new ArrayList<>(List.of("serve"));
    private boolean reading = true;
    private int heapMegabytes = 256;
    private List<String> under = List.of();

    private Builder() {
      set("HOST", "127.0.0.1").set("PORT", "0").set("MANAGEMENT_PORT", "0");
    }

    /** A variable of its environment. */
    public Builder set(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** A YAML file below the environment. */
    public Builder yaml(Path file, String text) {
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return set("JETH_CONFIG", file.toString());
    }

    Builder heapMegabytes(int megabytes) {
      heapMegabytes = megabytes;
      return this;
    }

    /** Another program that starts it, such as {@code prlimit}. */
    public Builder under(String... program) {
      under = List.of(program);
      return this;
    }

    /** Once it listens nobody reads its stdout any more, but the pipe stays open. */
    Builder unread() {
      reading = false;
      return this;
    }

    /** Starts it and waits until it listens; not until it is ready. */
    public GatewayProcess start() {
      try {
        GatewayProcess started = new GatewayProcess(processBuilder(), reading);
        started.awaitListening();
        return started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Runs another command to its end, such as {@code check}; gives all that it printed. */
    String run(String... otherCommand) throws IOException, InterruptedException {
      command.clear();
      command.addAll(List.of(otherCommand));
      Process process = processBuilder().start();
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        String printed = reader.lines().collect(Collectors.joining("\n"));
        return printed + "\nexit code " + process.waitFor();
      }
    }

    private ProcessBuilder processBuilder() {
      List<String> all = new ArrayList<>(under);
      all.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx" + heapMegabytes + "m",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              "io.jethproxy.app.Main"));
      all.addAll(command);
      ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(environment);
      return builder;
    }
  }

  private final Process process;
  private final boolean reading;
  private final List<String> lines = new ArrayList<>();
  private volatile int port;
  private volatile int managementPort;

  private GatewayProcess(ProcessBuilder builder, boolean reading) throws IOException {
    this.reading = reading;
    this.process = builder.start();
    Thread.ofPlatform().daemon().name("gateway-output").start(this::read);
  }

  /** In front of nothing yet: set a file. */
  public static Builder builder() {
    return new Builder();
  }

  static Builder before(FakeProvider... providers) {
    return before(Stream.of(providers).map(FakeProvider::url).collect(Collectors.joining(",")));
  }

  static Builder before(String urls) {
    return new Builder().set("RPC_PROVIDERS_HTTP", urls);
  }

  public int port() {
    return port;
  }

  int managementPort() {
    return managementPort;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * A figure of {@code /proc/PID/status} in KiB.
   *
   * @param name such as {@code VmRSS}, or {@code VmHWM} for the most that it ever was
   */
  long memoryKibibytes(String name) {
    try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      return status
          .filter(line -> line.startsWith(name + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has printed so far, at most the first 20,000 lines. */
  public String printed() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  RpcClient client() {
    return new RpcClient(port);
  }

  RpcClient management() {
    return new RpcClient(managementPort);
  }

  /** A GET of the management listener. */
  public String managementText(String path) {
    try (RpcClient client = management()) {
      return client.get(path).text();
    }
  }

  boolean isReady() {
    try (RpcClient client = client()) {
      return client.get("/ready").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  public GatewayProcess awaitReady() {
    await("ready", this::isReady);
    return this;
  }

  void await(String what, BooleanSupplier condition) {
    await(what + "; it printed:\n", PATIENCE, condition, this::printed);
  }

  /** Waits until something is so, at most a minute. */
  public static void awaitThat(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition, () -> "");
  }

  private static void await(
      String what,
      Duration atMost,
      BooleanSupplier condition,
      java.util.function.Supplier<String> more) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come true in " + atMost + ": " + what + more.get());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** SIGTERM. */
  public void terminate() {
    signal("-TERM");
  }

  /** SIGSTOP. */
  void pause() {
    signal("-STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("-CONT");
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the gateway does not end; it printed:\n" + printed());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitListening() {
    await("listens, or ends", () -> managementPort != 0 || !process.isAlive());
    if (managementPort == 0) {
      throw new AssertionError("the gateway ended; it printed:\n" + printed());
    }
  }

  private void read() {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    try {
      String line = reader.readLine();
      while (line != null && (reading || managementPort == 0)) {
        keep(line);
        Matcher matcher = LISTENS.matcher(line);
        if (matcher.find()) {
          port = Integer.parseInt(matcher.group(1));
          managementPort = Integer.parseInt(matcher.group(2));
        }
        line = reading || managementPort == 0 ? reader.readLine() : null;
      }
    } catch (IOException e) {
      keep("reading its output failed: " + e);
    }
  }

  private void keep(String line) {
    synchronized (lines) {
      if (lines.size() < LINES_MAX) {
        lines.add(line);
      }
    }
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", signal, Long.toString(pid())).start();
      if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new AssertionError("kill " + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while signalling", e);
    }
  }
}

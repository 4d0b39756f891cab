package io.jethproxy.nodes;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program of src/test/clients as a process of its own. Ends with {@link #close}. */
public final class Client implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String END = "<end of output>";

  /** A line of its output and when it came, of {@link System#nanoTime}. */
  public record Said(long nanos, String text) {}

  private final Process process;
  private final List<Said> all = new CopyOnWriteArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Client(ProcessBuilder builder) throws IOException {
    process = builder.redirectErrorStream(true).start();
    Thread.ofVirtual().name("client-output").start(this::read);
  }

  /** Starts a JavaScript client; skips the test where its library or node is not there. */
  public static Client javaScript(String file, String library, String... arguments)
      throws IOException {
    Path peers =
        peers()
            .filter(directory -> Files.isDirectory(directory.resolve("node_modules/" + library)))
            .findFirst()
            .or(() -> absent("the npm package " + library))
            .orElseThrow();
    Path node = onPath("node").or(() -> absent("node")).orElseThrow();
    List<String> command =
        new ArrayList<>(List.of(node.toString(), directory().resolve(file).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JETH_PEERS", peers.toAbsolutePath().toString());
    return new Client(builder);
  }

  /** Starts the web3j client; skips the test where {@code .ci/run} has not prepared it. */
  static Client web3j(String url) throws IOException {
    return web3j("Web3jDay.java", url);
  }

  /** The same with another program that works with the contract Till. */
  static Client web3j(String file, String url) throws IOException {
    return web3jWith(file, url, directory().resolve("till.hex").toString());
  }

  /** The same with any arguments. */
  public static Client web3jWith(String file, String... arguments) throws IOException {
    Path libraries =
        peers()
            .map(directory -> directory.resolve("web3j"))
            .filter(directory -> Files.isRegularFile(directory.resolve("complete")))
            .findFirst()
            .or(() -> absent("the folder web3j with its libraries"))
            .orElseThrow();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                libraries + "/*",
                directory().resolve("web3j").resolve(file).toString()));
    command.addAll(List.of(arguments));
    return new Client(new ProcessBuilder(command));
  }

  /** All lines so far. */
  public List<Said> all() {
    return List.copyOf(all);
  }

  /** Waits for this line. */
  public void await(String line) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String next = "";
    while (!next.equals(line)) {
      next = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next == null || next.equals(END)) {
        throw new AssertionError(
            "the client did not say \"" + line + "\"; it said:\n" + String.join("\n", said));
      }
      said.add(next);
    }
  }

  /** Lets it go on where it waits for a line. */
  public void goOn() throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write('\n');
    }
  }

  /** Waits for its end and gives the exit code. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the client does not end; it said:\n" + String.join("\n", said));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      reader
          .lines()
          .forEach(line -> {
            all.add(new Said(System.nanoTime(), line));
            lines.add(line);
          });
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add(e.toString());
    }
    lines.add(END);
  }

  private static Path directory() {
    return Path.of(System.getProperty("project.directory", "."), "src/test/clients");
  }

  private static Stream<Path> peers() {
    return Stream.of(
            Optional.ofNullable(System.getProperty("JETH_PEERS")),
            Optional.ofNullable(System.getenv("JETH_PEERS")),
            Optional.of(System.getProperty("project.directory", ".") + "/target/peers"),
            Optional.of(System.getProperty("user.home") + "/.cache/jeth-proxy/peers"))
        .flatMap(Optional::stream)
        .map(Path::of);
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Path> absent(String what) {
    String reason = what + " is not here: .ci/run installs it, or set JETH_PEERS";
    if (Boolean.getBoolean("require.peers")) {
      fail(reason);
    }
    Assumptions.abort(reason);
    return Optional.empty();
  }
}

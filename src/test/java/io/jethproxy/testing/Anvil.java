package io.jethproxy.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;

/**
 * A real node: an anvil process on a loopback port. Ends with {@link #close}, at the latest with
 * this JVM. Where anvil is not installed, the test that starts one is skipped, or fails when the
 * system property {@code require.peers} is true.
 */
public final class Anvil implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");
  private static final int LINES_KEPT = 50;

  /** How to start it; immutable. */
  public record Options(long chainId, int port, List<String> more) {

    /** Mainnet's chain id, mines each transaction at once. */
    public static Options automatic() {
      return new Options(1, 0, List.of());
    }

    /**
     * Mines only when told to, from a genesis at {@code genesisSeconds}, so that several nodes can
     * be made to agree; safe is the head - 2, finalized the head - 4.
     */
    public static Options conducted(long genesisSeconds) {
      return new Options(
          1,
          0,
          List.of(
              "--no-mining",
              "--timestamp",
              Long.toString(genesisSeconds),
              "--slots-in-an-epoch",
              "2",
              "--order",
              "fifo"));
    }

    public Options chainId(long chainId) {
      return new Options(chainId, port, more);
    }

    /** A fixed port; 0, the default, for any that is free. */
    public Options port(int port) {
      return new Options(chainId, port, more);
    }

    /** Mines by itself at this interval, at least a second. */
    public Options blockTime(Duration blockTime) {
      return with("--block-time", Long.toString(blockTime.toSeconds()));
    }

    /** Any other arguments. */
    public Options with(String... arguments) {
      return new Options(
          chainId, port, Stream.concat(more.stream(), Stream.of(arguments)).toList());
    }
  }

  private final Path program;
  private final Options options;
  private final Thread hook;
  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private volatile Process process;
  private volatile int port;
  private volatile RpcClient client;

  private Anvil(Path program, Options options) {
    this.program = program;
    this.options = options;
    this.hook = Thread.ofPlatform().unstarted(this::end);
    launch(options.port());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts a node and waits until it listens. */
  public static Anvil start(Options options) {
    Optional<Path> program = program();
    if (program.isEmpty()) {
      absent();
    }
    return new Anvil(program.orElseThrow(), options);
  }

  private static void absent() {
    String reason =
        "anvil is not installed: npm install --ignore-scripts --prefix ~/.cache/jeth-proxy/peers"
            + " @foundry-rs/anvil@1.7.1, or set JETH_PEERS";
    if (Boolean.getBoolean("require.peers")) {
      fail(reason);
    }
    Assumptions.abort(reason);
  }

  /** The program itself: the wrapper that npm puts beside it leaves the process running. */
  private static Optional<Path> program() {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    Path inside = Path.of("node_modules/@foundry-rs/anvil-linux-" + machine + "/bin/anvil");
    return Stream.of(
            Optional.ofNullable(System.getProperty("JETH_PEERS")),
            Optional.ofNullable(System.getenv("JETH_PEERS")),
            Optional.of(System.getProperty("project.directory", ".") + "/target/peers"),
            Optional.of(System.getProperty("user.home") + "/.cache/jeth-proxy/peers"))
        .flatMap(Optional::stream)
        .map(directory -> Path.of(directory).resolve(inside))
        .filter(Files::isExecutable)
        .findFirst();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** For WebSocket. */
  public URI wsUri() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** Calls a method, params a JSON array, and gives its result; an error fails the test. */
  public JsonNode rpc(String method, String params) {
    JsonNode answer = ask(method, params);
    if (!answer.has("result")) {
      throw new AssertionError(method + " at anvil: " + answer.path("error"));
    }
    return answer.path("result");
  }

  /** Calls a method and gives the whole answer, {@code result} or {@code error}. */
  public JsonNode ask(String method, String params) {
    return client.call(method, params).json();
  }

  /** Mines one block with this timestamp, in seconds. */
  public void mine(long timestamp) {
    rpc("evm_mine", "[{\"timestamp\":" + timestamp + "}]");
  }

  /** The number of the newest block. */
  public long head() {
    return Long.decode(rpc("eth_blockNumber", "[]").asString());
  }

  /** The hash of a block; empty when it is unknown. */
  public Optional<String> hash(long number) {
    JsonNode block = block(number);
    return block.isNull() ? Optional.empty() : Optional.of(block.path("hash").asString());
  }

  /** A block without its transactions' bodies; JSON null when it is unknown. */
  public JsonNode block(long number) {
    return rpc("eth_getBlockByNumber", "[\"0x%x\",false]".formatted(number));
  }

  /** SIGSTOP: connections are accepted by the kernel, nothing is answered. */
  public void stop() {
    signal("-STOP");
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!isStopped()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("anvil does not stop within " + PATIENCE);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** SIGCONT: goes on after {@link #stop}. */
  public void cont() {
    signal("-CONT");
  }

  /** SIGKILL, and waits for the end. */
  public void kill() {
    end();
  }

  /** Ends the process if it lives and starts a new one, at genesis, on the same port. */
  public void restart() {
    int samePort = port;
    end();
    launch(samePort);
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the JVM is ending, and the hook with it
    }
  }

  private void launch(int wantedPort) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--host", "127.0.0.1"));
    command.addAll(List.of("--port", Integer.toString(wantedPort)));
    command.addAll(List.of("--chain-id", Long.toString(options.chainId())));
    command.addAll(options.more());
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CompletableFuture<Integer> listening = new CompletableFuture<>();
    Process started = process;
    Thread.ofPlatform().daemon().name("anvil-output").start(() -> readOutput(started, listening));
    try {
      port = listening.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      end();
      throw new AssertionError("anvil does not listen; it said: " + said(), e);
    } catch (InterruptedException e) {
      end();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while anvil started", e);
    }
    client = new RpcClient(uri());
  }

  /** Reads to the end, or the process would stop at a full pipe. */
  private void readOutput(Process from, CompletableFuture<Integer> listening) {
    try (BufferedReader reader = from.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        keep(line);
        Matcher matcher = LISTENING.matcher(line);
        if (matcher.find()) {
          listening.complete(Integer.parseInt(matcher.group(1)));
        }
      }
      listening.completeExceptionally(new IOException("anvil ended"));
    } catch (IOException e) {
      listening.completeExceptionally(e);
    }
  }

  private void keep(String line) {
    synchronized (lines) {
      if (lines.size() == LINES_KEPT) {
        lines.removeFirst();
      }
      lines.addLast(line);
    }
  }

  private String said() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  /** The signal takes its time to reach every thread. */
  private boolean isStopped() {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
      return threads.allMatch(Anvil::isStopped);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isStopped(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      return stat.startsWith(") T", stat.lastIndexOf(')'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  private void end() {
    if (client != null) {
      client.close();
    }
    process.destroyForcibly();
    try {
      process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

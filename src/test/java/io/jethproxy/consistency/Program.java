package io.jethproxy.consistency;

import io.jethproxy.nodes.GatewayProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The real gateway as a process of its own that is ended and started anew, on the same port, while
 * its clients go on. Times in which nobody listens are announced to the phases of the run.
 */
final class Program implements AutoCloseable {

  /** How it ends. */
  enum Ending {
    SIGTERM,
    KILL
  }

  private static final Pattern HEALTHY = Pattern.compile("\"state\":\\s*\"healthy\"");

  private final Path file;
  private final String yaml;
  private final WallClock clock;
  private final Phases phases;
  private final List<String> printed = new ArrayList<>();
  private GatewayProcess process;
  private CompletableFuture<Void> coming = CompletableFuture.completedFuture(null);

  /** Starts it and waits until it is ready. */
  Program(Path directory, String yaml, WallClock clock, Phases phases) {
    this.file = directory.resolve("gateway.yaml");
    this.yaml = yaml;
    this.clock = clock;
    this.phases = phases;
    this.process = start(0).awaitReady();
  }

  /** The same for every process. */
  int port() {
    return process.port();
  }

  /** Ends it and starts another, which takes a while: see {@link #awaitReady}. */
  void restart(Ending ending) {
    long from = System.nanoTime();
    int port = port();
    coming =
        CompletableFuture.runAsync(
            () -> {
              end(ending);
              process = start(port).awaitReady();
              phases.outage(from, System.nanoTime());
            },
            Thread::startVirtualThread);
  }

  void awaitReady() {
    coming.join();
  }

  /** How many providers are in use, none left alone for what it did before. */
  long healthy() {
    return HEALTHY.matcher(process.managementText("/status")).results().count();
  }

  /** What all its processes have printed. */
  String printed() {
    return String.join("\n", printed) + "\n" + process.printed();
  }

  @Override
  public void close() {
    coming.handle((done, failure) -> null).join();
    process.close();
  }

  private void end(Ending ending) {
    try {
      switch (ending) {
        case SIGTERM -> {
          process.terminate();
          int code = process.exitCode();
          if (code != 0) {
            throw new AssertionError("exit code " + code + " after SIGTERM (expected: 0)");
          }
        }
        case KILL -> process.kill();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    printed.add(process.printed());
  }

  private GatewayProcess start(int port) {
    return GatewayProcess.builder()
        .set("PORT", Integer.toString(port))
        .under(clock.launcher().toArray(String[]::new))
        .yaml(file, yaml)
        .start();
  }

  /** Providers that each count for themselves, though all are on one machine. */
  static String providers(Conductor nodes) {
    List<String> urls = nodes.urls();
    return IntStream.range(0, urls.size())
        .mapToObj(i ->
            "  - { url: \"%s\", ws: \"%s\", group: \"group-%d\" }\n"
                .formatted(urls.get(i), nodes.sockets().get(i), i))
        .collect(Collectors.joining("", "providers:\n", ""));
  }
}

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The processes this run has started. Each leads a process group of its own, so that what it forked
 * ends with it, and is noted as a file named by its id under {@code pids/}, so that bench/run.sh
 * can end it even if this JVM is killed.
 */
final class Running {
  private static final int GRACE_SECONDS = 5;

  private final Path directory;
  private final Deque<Process> processes = new ArrayDeque<>();
  private boolean ended;

  Running(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("pids"));
    Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "end-processes"));
  }

  Path directory() {
    return directory;
  }

  /** Starts a process whose output goes to {@code NAME.log} in the run's directory. */
  Process start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder =
        grouped(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return noted(builder);
  }

  /** Starts a process and returns the first line it prints; its later output is thrown away. */
  Started startUntilFirstLine(String name, List<String> command) throws IOException {
    Process process =
        noted(
            grouped(command)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectError(directory.resolve(name + ".log").toFile()));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new IOException(
          name + " ended at once: " + Files.readString(directory.resolve(name + ".log")));
    }
    return new Started(process, line);
  }

  /** A running process and its first line of output. */
  record Started(Process process, String firstLine) {}

  /** Runs a command to its end and returns what it printed; fails if the command does. */
  String outputOf(String... command) throws IOException, InterruptedException {
    Ended ended = run(List.of(command));
    if (ended.status() != 0) {
      throw new IOException(
          command[0] + " ended with status " + ended.status() + ": " + ended.output());
    }
    return ended.output();
  }

  /** Runs a command to its end, whatever that is. */
  Ended run(List<String> command) throws IOException, InterruptedException {
    Process process = noted(grouped(command).redirectErrorStream(true));
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    forget(process);
    return new Ended(status, output);
  }

  /** How a command ended, and what it printed. */
  record Ended(int status, String output) {}

  /** Asks politely, waits up to 5 s, then insists. */
  void end(Process process) {
    signal("TERM", process);
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        kill(process);
      }
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
    }
    forget(process);
  }

  /** Ends a process and what it forked without asking. */
  void kill(Process process) {
    signal("KILL", process);
    process.onExit().join();
    forget(process);
  }

  private void endAll() {
    List<Process> left;
    synchronized (this) {
      ended = true;
      left = new ArrayList<>(processes);
    }
    left.forEach(process -> signal("TERM", process));
    left.forEach(this::end);
  }

  private static ProcessBuilder grouped(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("setsid"));
    whole.addAll(command);
    return new ProcessBuilder(whole)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }

  private synchronized Process noted(ProcessBuilder builder) throws IOException {
    if (ended) {
      throw new IOException("the run is ending");
    }
    Process process = builder.start();
    processes.push(process);
    Files.createFile(noteOf(process));
    return process;
  }

  private synchronized void forget(Process process) {
    processes.remove(process);
    try {
      Files.deleteIfExists(noteOf(process));
    } catch (IOException e) {
      System.err.println("bench: could not remove " + noteOf(process) + ": " + e.getMessage());
    }
  }

  private Path noteOf(Process process) {
    return directory.resolve("pids").resolve(Long.toString(process.pid()));
  }

  private static void signal(String name, Process process) {
    try {
      new ProcessBuilder("kill", "-s", name, "--", "-" + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      process.destroyForcibly();
    }
  }
}

package io.jethproxy.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own; what it prints can be waited for. */
final class Program implements AutoCloseable {

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final Thread reader;

  private Program(Process process) {
    this.process = process;
    this.reader = Thread.startVirtualThread(this::read);
  }

  static Program start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  static Program start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("RPC_PROVIDERS"));
    List.of("JETH_CONFIG", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    return new Program(builder.start());
  }

  Process process() {
    return process;
  }

  /** Waits for a line that contains this; an error when the output ends before it came. */
  String await(String part) throws InterruptedException {
    while (true) {
      String line = lines.poll(60, TimeUnit.SECONDS);
      if (line == null || line.equals("\0")) {
        throw new AssertionError("no line with \"" + part + "\" in:\n" + String.join("\n", seen));
      }
      seen.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
  }

  /** Everything that it printed; waits for its end. */
  String text() throws InterruptedException {
    reader.join();
    lines.drainTo(seen);
    seen.remove("\0");
    return String.join("\n", seen);
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      in.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(the output was closed)"); // after a test that has seen enough
    } finally {
      lines.add("\0");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

package io.jethproxy.app;

import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The program's entry: reads the command line and runs one command. */
public final class Main {

  static final int OK = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;

  private static final int FRAMES_MAX = 20;

  private final PrintWriter out;
  private final PrintWriter errors;

  private Main(PrintWriter out, PrintWriter errors) {
    this.out = out;
    this.errors = errors;
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = new Main(out, errors).follow(CommandLine.read(List.of(arguments)));
    out.flush();
    errors.flush();
    return status;
  }

  private int follow(CommandLine commandLine) {
    return switch (commandLine) {
      case CommandLine.Run(Command command, Optional<Path> config) -> guarded(command, config);
      case CommandLine.Help(Optional<Command> command) -> {
        out.print(HelpText.of(command));
        yield OK;
      }
      case CommandLine.Version _ -> {
        out.println("jeth-proxy " + Version.TEXT);
        yield OK;
      }
      case CommandLine.Wrong(String message) -> {
        errors.println("jeth-proxy: " + message);
        errors.println("See: jeth-proxy --help");
        yield USAGE;
      }
    };
  }

  private int guarded(Command command, Optional<Path> config) {
    try {
      return run(command, config);
    } catch (ConfigurationException e) {
      errors.println("jeth-proxy: " + e.getMessage());
      return USAGE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILURE;
    } catch (IOException | RuntimeException e) {
      errors.println("jeth-proxy: " + new Redactor(new Secrets()).redact(e));
      List.of(e.getStackTrace()).stream()
          .limit(FRAMES_MAX)
          .forEach(frame -> errors.println("  at " + frame));
      return FAILURE;
    }
  }

  private int run(Command command, Optional<Path> config)
      throws InterruptedException, IOException {
    return switch (command) {
      case SERVE -> Serve.run(config, errors);
      case CHECK -> Check.run(config, out, errors);
      case DEMO -> Demo.run(out, errors);
      case WARM_UP -> WarmUp.run(errors);
    };
  }
}

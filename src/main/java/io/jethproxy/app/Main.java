package io.jethproxy.app;

import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
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

  private final Shell shell;

  private Main(Shell shell) {
    this.shell = shell;
  }

  public static void main(String[] arguments) {
    Shell shell =
        new Shell(
            System.getenv(),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    System.exit(run(shell, arguments));
  }

  /** Runs what the arguments ask for; the exit status. */
  static int run(Shell shell, String... arguments) {
    int status = new Main(shell).follow(CommandLine.read(List.of(arguments)));
    shell.out().flush();
    shell.errors().flush();
    return status;
  }

  private int follow(CommandLine commandLine) {
    return switch (commandLine) {
      case CommandLine.Run(Command command, Optional<Path> config) -> guarded(command, config);
      case CommandLine.Help(Optional<Command> command) -> {
        shell.out().print(HelpText.of(command));
        yield OK;
      }
      case CommandLine.Version _ -> {
        shell.out().println("jeth-proxy " + Version.TEXT);
        yield OK;
      }
      case CommandLine.Wrong(String message) -> {
        shell.errors().println("jeth-proxy: " + message);
        shell.errors().println("See: jeth-proxy --help");
        yield USAGE;
      }
    };
  }

  private int guarded(Command command, Optional<Path> config) {
    try {
      return run(command, config);
    } catch (ConfigurationException e) {
      shell.errors().println("jeth-proxy: " + e.getMessage());
      return USAGE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILURE;
    } catch (RuntimeException e) {
      shell.errors().println("jeth-proxy: " + new Redactor(new Secrets()).redact(e));
      List.of(e.getStackTrace()).stream()
          .limit(FRAMES_MAX)
          .forEach(frame -> shell.errors().println("  at " + frame));
      return FAILURE;
    }
  }

  private int run(Command command, Optional<Path> config) throws InterruptedException {
    return switch (command) {
      case SERVE -> Serve.run(config, shell);
      case CHECK -> Check.run(config, shell);
      case DEMO -> Demo.run(shell);
      case HEALTHCHECK -> HealthCheck.run(config, shell);
      case WARM_UP -> WarmUp.run(shell);
    };
  }
}

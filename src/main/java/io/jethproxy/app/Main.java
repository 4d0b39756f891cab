package io.jethproxy.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program's entry: reads the command line and runs one command. */
@Command(
    name = "jeth-proxy",
    description = "The gateway between applications and Ethereum RPC providers.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands (without one: serve):%n",
    footer = {
      "",
      "Three ways to start:",
      "  jeth-proxy demo                                    no keys, no network, no configuration",
      "  RPC_PROVIDERS_HTTP=https://a,https://b jeth-proxy  from the environment",
      "  jeth-proxy serve --config jeth-proxy.yaml          from a file"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Versions.class,
    subcommands = {Serve.class, Check.class, Demo.class, WarmUp.class})
public final class Main implements Callable<Integer> {

  static final int OK = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"jeth-proxy " + Version.TEXT};
    }
  }

  @Spec private CommandSpec spec;

  @Mixin private ConfigOption configOption;

  @Override
  public Integer call() throws InterruptedException {
    return Serve.run(configOption, spec);
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
            .setExecutionExceptionHandler((exception, command, parsed) -> {
              command.getErr().println("jeth-proxy: " + exception.getMessage());
              return exception instanceof ConfigurationException ? USAGE : FAILURE;
            });
    return commandLine.execute(arguments);
  }
}

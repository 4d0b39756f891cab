package io.jethproxy.app;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code --help} prints. */
final class HelpText {

  private static final String CONFIG =
      "  --config FILE   a YAML file; the environment wins over it (default: JETH_CONFIG)\n";
  private static final String OPTIONS =
      "  -h, --help      show this\n  -V, --version   show the version\n";

  private HelpText() {}

  /** The help of one command, or of the program. */
  static String of(Optional<Command> command) {
    return command.map(HelpText::ofCommand).orElseGet(HelpText::ofProgram);
  }

  private static String ofProgram() {
    String commands =
        Arrays.stream(Command.values())
            .filter(command -> !command.summary().isEmpty())
            .map(command -> "  %-11s %s%n".formatted(command.word(), command.summary()))
            .collect(Collectors.joining());
    return """
    The gateway between applications and Ethereum RPC providers.

    Usage: jeth-proxy [COMMAND] [OPTIONS]

    Commands:
    %s
    Options:
    %s
    Three ways to start:
      jeth-proxy demo                                    no keys, no network, no configuration
      RPC_PROVIDERS_HTTP=https://a,https://b jeth-proxy  from the environment
      jeth-proxy serve --config jeth-proxy.yaml          from a file
    """
        .formatted(commands, CONFIG + OPTIONS);
  }

  private static String ofCommand(Command command) {
    String details = command.details();
    return """
    %s

    Usage: jeth-proxy %s [OPTIONS]

    %sOptions:
    %s\
    """
        .formatted(
            command.summary(),
            command.word(),
            details.isEmpty() ? "" : details + "\n",
            command.takesConfig() ? CONFIG + OPTIONS : OPTIONS);
  }
}

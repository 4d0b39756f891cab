package io.jethproxy.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the words on the command line come to. */
sealed interface CommandLine {

  /** Run a command. */
  record Run(Command command, Optional<Path> config) implements CommandLine {}

  /** Explain a command, or the program. */
  record Help(Optional<Command> command) implements CommandLine {}

  /** Tell the version. */
  record Version() implements CommandLine {}

  /**
   * Nothing that can be done.
   *
   * @param message what is wrong, for people
   */
  record Wrong(String message) implements CommandLine {}

  /** Reads the words; without a command, {@code serve} is meant. */
  static CommandLine read(List<String> words) {
    Optional<Command> command = Optional.empty();
    Optional<Path> config = Optional.empty();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      switch (word) {
        case "-h", "--help" -> {
          return new Help(command.or(() -> firstCommand(words)));
        }
        case "-V", "--version" -> {
          return new Version();
        }
        default -> {
          if (word.equals("--config") || word.startsWith("--config=")) {
            boolean apart = word.equals("--config");
            if (apart && i + 1 == words.size()) {
              return new Wrong("--config: nothing (expected: a YAML file)");
            }
            String name = apart ? words.get(++i) : word.substring("--config=".length());
            try {
              config = Optional.of(Path.of(name));
            } catch (InvalidPathException e) {
              return new Wrong("--config: not a path (expected: a YAML file)");
            }
          } else if (word.startsWith("-")) {
            return new Wrong("unknown option: " + word);
          } else if (command.isPresent()) {
            return new Wrong("too much: " + word + " (expected: one command)");
          } else {
            command = Command.of(word);
            if (command.isEmpty()) {
              return new Wrong("unknown command: " + word);
            }
          }
        }
      }
    }
    Command chosen = command.orElse(Command.SERVE);
    if (config.isPresent() && !chosen.takesConfig()) {
      return new Wrong("--config: " + chosen.word() + " takes none");
    }
    return new Run(chosen, config);
  }

  private static Optional<Command> firstCommand(List<String> words) {
    return words.stream().flatMap(word -> Command.of(word).stream()).findFirst();
  }
}

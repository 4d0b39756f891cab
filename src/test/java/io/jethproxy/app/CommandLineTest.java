package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  private static final Optional<Path> FILE = Optional.of(Path.of("a.yaml"));

  @Test
  void servesWithoutACommand() {
    assertThat(read("")).isEqualTo(new CommandLine.Run(Command.SERVE, Optional.empty()));
    assertThat(read("--config a.yaml")).isEqualTo(new CommandLine.Run(Command.SERVE, FILE));
  }

  @Test
  void takesTheFileInEitherFormAndOnEitherSide() {
    CommandLine wanted = new CommandLine.Run(Command.CHECK, FILE);

    assertThat(read("check --config a.yaml")).isEqualTo(wanted);
    assertThat(read("check --config=a.yaml")).isEqualTo(wanted);
    assertThat(read("--config a.yaml check")).isEqualTo(wanted);
  }

  @Test
  void knowsEachCommandByItsWord() {
    for (Command command : Command.values()) {
      assertThat(read(command.word())).isEqualTo(new CommandLine.Run(command, Optional.empty()));
    }
  }

  @Test
  void explainsTheCommandThatIsNamedOnEitherSide() {
    assertThat(read("--help")).isEqualTo(new CommandLine.Help(Optional.empty()));
    assertThat(read("check -h")).isEqualTo(new CommandLine.Help(Optional.of(Command.CHECK)));
    assertThat(read("-h check")).isEqualTo(new CommandLine.Help(Optional.of(Command.CHECK)));
  }

  @ParameterizedTest
  @CsvSource({
    "--colour,                 unknown option: --colour",
    "brew,                     unknown command: brew",
    "serve check,              too much: check (expected: one command)",
    "--config,                 --config: nothing (expected: a YAML file)",
    "demo --config a.yaml,     --config: demo takes none",
  })
  void saysWhatIsWrong(String words, String message) {
    assertThat(read(words)).isEqualTo(new CommandLine.Wrong(message));
  }

  @Test
  void exitsWithTwoForBadUsageAndBadConfiguration() {
    assertThat(Ran.of("brew").status()).isEqualTo(2);
    assertThat(Ran.of("brew").errors()).contains("unknown command: brew").contains("--help");
    assertThat(Ran.of("check").errors()).contains("Three ways to start");
    assertThat(Ran.of("check").status()).isEqualTo(2);
    assertThat(Ran.of("check", "--config", "no such.yaml").status()).isEqualTo(2);
    assertThat(Ran.of("serve", "--config", "no such.yaml").status()).isEqualTo(2);
  }

  @Test
  void helpsWithTheProgramAndEachCommand() {
    Ran program = Ran.of("--help");

    assertThat(program.status()).isZero();
    assertThat(program.out()).contains("serve", "check", "demo", "--config FILE", "--version");
    assertThat(program.out()).doesNotContain("warm-up");
    for (Command command : Command.values()) {
      Ran one = Ran.of(command.word(), "--help");
      assertThat(one.status()).isZero();
      assertThat(one.out()).contains("Usage: jeth-proxy " + command.word());
    }
    assertThat(Ran.of("check", "--help").out()).contains("at most 24 cheap calls");
    assertThat(Ran.of("--version").out()).startsWith("jeth-proxy ");
  }

  private static CommandLine read(String words) {
    return CommandLine.read(words.isEmpty() ? List.of() : List.of(words.split(" ")));
  }
}

package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config FILE}, and what comes of it together with the environment. */
final class ConfigOption {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A YAML file; the environment wins over it. Default: JETH_CONFIG.")
  private @Nullable Path file;

  /**
   * Reads the configuration, or says what is wrong with it.
   *
   * @return empty when it said so
   */
  Optional<Config> load(PrintWriter errors) {
    return switch (ConfigLoader.load(System.getenv(), Optional.ofNullable(file))) {
      case Loaded.Ok(var config) -> Optional.of(config);
      case Loaded.Nothing(var message) -> {
        errors.println(message);
        yield Optional.empty();
      }
      case Loaded.Bad(var problems) -> {
        problems.forEach(problem -> errors.println("jeth-proxy: " + problem));
        yield Optional.empty();
      }
    };
  }
}

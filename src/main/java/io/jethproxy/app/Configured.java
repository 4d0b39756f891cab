package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** The configuration as the user sees it: read, or complained about. */
final class Configured {

  private Configured() {}

  /**
   * Reads the configuration, or says what is wrong with it.
   *
   * @param file what {@code --config} names
   * @return empty when it said so
   */
  static Optional<Config> load(Optional<Path> file, PrintWriter errors) {
    return switch (ConfigLoader.load(System.getenv(), file)) {
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

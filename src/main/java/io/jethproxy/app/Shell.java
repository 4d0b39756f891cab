package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command runs in.
 *
 * @param environment the variables
 * @param out for what was asked for
 * @param errors for what went wrong
 */
record Shell(Map<String, String> environment, PrintWriter out, PrintWriter errors) {

  /**
   * Reads the configuration, or says what is wrong with it.
   *
   * @param file what {@code --config} names
   * @return empty when it said so
   */
  Optional<Config> config(Optional<Path> file) {
    return complaining(ConfigLoader.load(environment, file));
  }

  /** What was loaded, or empty after saying what is wrong with it. */
  Optional<Config> complaining(Loaded loaded) {
    return switch (loaded) {
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

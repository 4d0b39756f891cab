package io.jethproxy.app;

import io.jethproxy.config.Config;
import java.nio.file.Path;
import java.util.Optional;

/** Probes every provider and prints what it can do. */
final class Check {

  private Check() {}

  static int run(Optional<Path> file, Shell shell) throws InterruptedException {
    Optional<Config> config = shell.config(file);
    if (config.isEmpty()) {
      return Main.USAGE;
    }
    config.get().notices().forEach(notice -> shell.errors().println("jeth-proxy: " + notice));
    return new ProviderSurvey(config.get()).print(shell.out()) ? Main.OK : Main.FAILURE;
  }
}

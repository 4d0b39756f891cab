package io.jethproxy.app;

import io.jethproxy.config.Config;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** Probes every provider and prints what it can do. */
final class Check {

  private Check() {}

  static int run(Optional<Path> file, PrintWriter out, PrintWriter errors)
      throws InterruptedException {
    Optional<Config> config = Configured.load(file, errors);
    if (config.isEmpty()) {
      return Main.USAGE;
    }
    config.get().notices().forEach(notice -> errors.println("jeth-proxy: " + notice));
    return new ProviderSurvey(config.get()).print(out) ? Main.OK : Main.FAILURE;
  }
}

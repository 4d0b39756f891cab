package io.jethproxy.app;

import io.jethproxy.config.Config;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Probes every provider and prints what it can do. */
@Command(
    name = "check",
    description =
        "Probe every provider and print a table; exit 0 only if the gateway would start healthy.",
    mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ConfigOption configOption;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Optional<Config> config = configOption.load(spec.commandLine().getErr());
    if (config.isEmpty()) {
      return Main.USAGE;
    }
    return new ProviderSurvey(config.get()).print(out) ? Main.OK : Main.FAILURE;
  }
}

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
    description = {
      "Probe every provider and print a table; exit 0 only if the gateway would start healthy.",
      "",
      "Makes at most "
          + ProviderProbe.CALLS_MAX
          + " cheap calls to each provider, all providers at"
          + " once, in at most 15 seconds.",
      "Depth is how far back the state is held, logs the widest range of blocks that eth_getLogs"
          + " accepted of 10, 100, 1,000, 10,000 and 100,000.",
    },
    mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ConfigOption configOption;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter errors = spec.commandLine().getErr();
    Optional<Config> config = configOption.load(errors);
    if (config.isEmpty()) {
      return Main.USAGE;
    }
    config.get().notices().forEach(notice -> errors.println("jeth-proxy: " + notice));
    return new ProviderSurvey(config.get()).print(out) ? Main.OK : Main.FAILURE;
  }
}

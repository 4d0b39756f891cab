package io.jethproxy.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** TEMP. */
@Command(name = "warm-up", hidden = true)
final class WarmUp implements Callable<Integer> {
  @Override
  public Integer call() {
    return Main.OK;
  }
}

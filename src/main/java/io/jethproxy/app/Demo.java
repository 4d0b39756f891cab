package io.jethproxy.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** TEMP. */
@Command(name = "demo", description = "demo")
final class Demo implements Callable<Integer> {
  @Override
  public Integer call() {
    return Main.OK;
  }
}

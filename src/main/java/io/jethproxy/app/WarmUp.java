package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import io.jethproxy.demo.DemoChain;
import io.jethproxy.demo.DemoNode;
import io.jethproxy.demo.DemoProvider;
import io.jethproxy.demo.Temper;
import io.jethproxy.eth.Methods;
import io.jethproxy.transport.Loops;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Runs the gateway for a moment under a little of everything, so that the JVM sees what it should
 * keep in its start-up cache: the launcher runs this once after a build.
 */
final class WarmUp {

  private WarmUp() {}

  static int run(Shell shell) throws InterruptedException {
    try (Loops loops = new Loops(1)) {
      InstantSource clock = InstantSource.system();
      DemoChain chain = new DemoChain(new DemoChain.Config(1, 1_000, 50, 0), clock.millis());
      DemoNode node = new DemoNode(chain, Methods.load(), "warm-up", 0);
      List<String> urls =
          List.of(Temper.prompt(), Temper.prompt(), Temper.cross()).stream()
              .map(temper -> DemoProvider.start(node, temper, clock, loops).url())
              .toList();
      var _ = new Tls().get(); // most providers want it
      return Serve.run(
          config(urls),
          Knowledge.loadAhead(),
          shell.errors(),
          OutputStream.nullOutputStream(),
          (gateway, signals) -> new WarmUpTraffic(gateway).run());
    }
  }

  /** Half as a file and half from the environment, so that both ways are warm. */
  private static Config config(List<String> urls) {
    String yaml = "drainSeconds: 0\nproviders:\n  - {id: unused, url: 'http://127.0.0.1:1'}\n";
    Map<String, String> environment =
        Map.of(
            "HOST", "127.0.0.1",
            "PORT", "0",
            "MANAGEMENT_PORT", "0",
            "RPC_PROVIDERS_HTTP", String.join(",", urls));
    return switch (ConfigLoader.read(
        environment, "warm-up", yaml.getBytes(StandardCharsets.UTF_8))) {
      case Loaded.Ok(var config) -> config;
      case Loaded.Bad(var problems) -> throw new IllegalStateException(problems.toString());
      case Loaded.Nothing(var message) -> throw new IllegalStateException(message);
    };
  }
}

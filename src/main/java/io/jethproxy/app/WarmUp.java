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
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the gateway for a moment under a little of everything, so that the JVM sees what it should
 * keep in its start-up cache: the launcher runs this once after a build.
 */
final class WarmUp {

  private WarmUp() {}

  static int run(PrintWriter errors) throws InterruptedException, IOException {
    try (Loops loops = new Loops(1)) {
      InstantSource clock = InstantSource.system();
      DemoChain chain =
          new DemoChain(new DemoChain.Config(1, 1_000, 50, 0), clock.millis());
      DemoNode node = new DemoNode(chain, Methods.load(), "warm-up", 0);
      List<String> urls =
          List.of(Temper.prompt(), Temper.prompt(), Temper.cross()).stream()
              .map(temper -> DemoProvider.start(node, temper, clock, loops).url())
              .toList();
      var unused = new Tls().get(); // most providers want it
      return Serve.run(
          config(urls),
          errors,
          OutputStream.nullOutputStream(),
          (gateway, signals) -> new WarmUpTraffic(gateway).run());
    }
  }

  /** Half from a file and half from the environment, so that both ways are warm. */
  private static Config config(List<String> urls) throws IOException {
    Path file = Files.createTempFile("jeth-proxy-warm-up", ".yaml");
    try {
      Files.writeString(file, "drainSeconds: 0\nproviders:\n  - url: http://127.0.0.1:1\n");
      Map<String, String> environment =
          Map.of(
              "HOST", "127.0.0.1",
              "PORT", "0",
              "MANAGEMENT_PORT", "0",
              "RPC_PROVIDERS_HTTP", String.join(",", urls));
      return switch (ConfigLoader.load(environment, Optional.of(file))) {
        case Loaded.Ok(var config) -> config;
        case Loaded.Bad(var problems) -> throw new IllegalStateException(problems.toString());
        case Loaded.Nothing(var message) -> throw new IllegalStateException(message);
      };
    } finally {
      Files.delete(file);
    }
  }
}

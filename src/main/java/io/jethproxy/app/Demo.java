package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.config.ConfigLoader;
import io.jethproxy.config.Loaded;
import io.jethproxy.demo.DemoToken;
import io.jethproxy.demo.DemoWorld;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The gateway before a world of its own, until a signal ends it. */
final class Demo {

  /** The environment chooses ports and logging, but not the providers. */
  private static final List<String> IGNORED =
      List.of(
          "RPC_PROVIDERS_HTTP",
          "RPC_PROVIDERS_HTTP_FILE",
          "RPC_PROVIDERS_WS",
          "RPC_PROVIDERS_WS_FILE",
          "JETH_CONFIG");

  private Demo() {}

  static int run(Shell shell) throws InterruptedException {
    CompletableFuture<Knowledge> knowledge = Knowledge.loadAhead();
    try (DemoWorld world = DemoWorld.start(InstantSource.system())) {
      Optional<Config> config = shell.complaining(load(world, shell.environment()));
      if (config.isEmpty()) {
        return Main.USAGE;
      }
      return Serve.run(
          config.get(),
          knowledge,
          shell.errors(),
          new FileOutputStream(FileDescriptor.out),
          (gateway, signals) -> {
            shell.out().print(welcome(world, gateway));
            shell.out().flush();
            signals.awaitFirst();
          });
    }
  }

  private static Loaded load(DemoWorld world, Map<String, String> environment) {
    Map<String, String> rest = new HashMap<>(environment);
    rest.keySet().removeAll(IGNORED);
    String providers =
        world.providers().stream()
            .map(named ->
                "  - {id: "
                    + named.name()
                    + ", network: demo, url: '"
                    + named.provider().url()
                    + "'}\n")
            .collect(Collectors.joining());
    String yaml = "drainSeconds: 0\nproviders:\n" + providers;
    return ConfigLoader.read(rest, "demo", yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static String welcome(DemoWorld world, Gateway gateway) {
    String providers =
        world.providers().stream()
            .map(named -> "  %-7s %s%n".formatted(named.name(), named.manner()))
            .collect(Collectors.joining());
    return """

    A chain with a block each second and a reorg now and then, served by three providers:
    %1$s
    Ask for the latest block, or what the demo's token is called:

      curl -s localhost:%2$d -H 'Content-Type: application/json' -d \\
        '{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}'

      curl -s localhost:%2$d -H 'Content-Type: application/json' -d \\
        '{"jsonrpc":"2.0","id":2,"method":"eth_call","params":[{"to":"%4$s","data":"0x06fdde03"},"latest"]}'

    The same over a WebSocket, with any client, such as wscat from npm:

      npx wscat -c ws://localhost:%2$d -w 2 -x \\
        '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}'

    See the providers' states, and why calls went elsewhere:

      curl -s localhost:%3$d/status

    See who answered how often, and with what trouble:

      curl -s localhost:%3$d/metrics | grep jeth_attempts_total

    Keep asking: when moody is in a bad mood, others answer. Ctrl-C ends it.

    """
        .formatted(providers, gateway.port(), gateway.managementPort(), DemoToken.address());
  }
}

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A proxy under test, running in front of some providers; a management port of 0 is not known. */
record Proxy(String name, Process process, int port, int managementPort, long upNanos) {
  private static final int UP_SECONDS_MAX = 30;

  /** Starts {@code nginx}, {@code haproxy} or {@code gateway} and returns when it serves. */
  static Proxy start(String name, Running running, List<Provider> providers)
      throws IOException, InterruptedException {
    List<Integer> ports = providers.stream().map(Provider::port).toList();
    int port = freePort();
    long startNanos = System.nanoTime();
    Process process =
        switch (name) {
          case "nginx" -> nginx(running, port, ports);
          case "haproxy" -> haproxy(running, port, ports);
          case "gateway" -> gateway(running, port, ports);
          default -> throw new IllegalArgumentException(name);
        };
    String path = name.equals("gateway") ? "/ready" : "";
    long upNanos = Ask.untilUp(name, process, port, path, UP_SECONDS_MAX) - startNanos;
    return new Proxy(name, process, port, 0, upNanos);
  }

  /** The gateway before providers of different groups, whose sockets it has as well. */
  static Proxy startGatewayWithSockets(Running running, List<Provider> providers)
      throws IOException, InterruptedException {
    StringBuilder yaml =
        new StringBuilder(
            "server: { connectionsMax: 30000, webSocket: { perAddressMax: 30000 } }\nproviders:\n");
    for (Provider provider : providers) {
      yaml.append(
          "  - { url: \"http://127.0.0.1:%1$d\", ws: \"ws://127.0.0.1:%1$d\", group: \"group-%1$d\" }%n"
              .formatted(provider.port()));
    }
    int port = freePort();
    Path config =
        Files.writeString(running.directory().resolve("gateway-" + port + ".yaml"), yaml);
    long startNanos = System.nanoTime();
    int managementPort = freePort();
    Process process =
        gateway(
            running,
            port,
            Map.of(
                "JETH_CONFIG", config.toString(),
                "MANAGEMENT_PORT", Integer.toString(managementPort)));
    long upNanos = Ask.untilUp("gateway", process, port, "/ready", UP_SECONDS_MAX) - startNanos;
    return new Proxy("gateway", process, port, managementPort, upNanos);
  }

  private static Process nginx(Running running, int port, List<Integer> providers)
      throws IOException {
    Path home = Files.createDirectories(running.directory().resolve("nginx-" + port));
    Path config =
        filled(
            "nginx.conf",
            home.resolve("nginx.conf"),
            Map.of(
                "@HOME@", home.toString(),
                "@PORT@", Integer.toString(port),
                "@SERVERS@",
                    lines(providers, "server 127.0.0.1:%d max_fails=1 fail_timeout=10s;")));
    return running.start(
        "nginx",
        List.of(
            "nginx",
            "-p",
            home.toString(),
            "-e",
            home.resolve("error.log").toString(),
            "-c",
            config.toString()),
        Map.of());
  }

  private static Process haproxy(Running running, int port, List<Integer> providers)
      throws IOException {
    Path config =
        filled(
            "haproxy.cfg",
            running.directory().resolve("haproxy-" + port + ".cfg"),
            Map.of(
                "@PORT@", Integer.toString(port),
                "@THREADS@", Integer.toString(Runtime.getRuntime().availableProcessors()),
                "@SERVERS@", lines(providers, "server p%1$d 127.0.0.1:%1$d check")));
    return running.start("haproxy", List.of("haproxy", "-db", "-f", config.toString()), Map.of());
  }

  private static Process gateway(Running running, int port, List<Integer> providers)
      throws IOException {
    String urls =
        providers.stream().map(p -> "http://127.0.0.1:" + p).collect(Collectors.joining(","));
    return gateway(running, port, Map.of("RPC_PROVIDERS_HTTP", urls));
  }

  private static Process gateway(Running running, int port, Map<String, String> settings)
      throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", Integer.toString(port));
    environment.putIfAbsent("MANAGEMENT_PORT", "0");
    return running.start(
        "gateway",
        List.of("sh", "-c", "exec " + System.getProperty("bench.gateway")),
        environment);
  }

  private static Path filled(String template, Path target, Map<String, String> values)
      throws IOException {
    String text = Files.readString(Settings.at("bench.home").resolve(template));
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace(value.getKey(), value.getValue());
    }
    return Files.writeString(target, text);
  }

  private static String lines(List<Integer> ports, String format) {
    return ports.stream().map(format::formatted).collect(Collectors.joining("\n    "));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

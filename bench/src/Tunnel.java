import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Requests over WebSockets: through the gateway, which reads each and asks a provider over HTTP, and
 * through nginx, which passes bytes between two sockets and knows no messages.
 */
final class Tunnel {
  private static final int CONNECTIONS = 32;

  private final Bed bed;
  private final Report report;

  Tunnel(Bed bed, Report report) {
    this.bed = bed;
    this.report = report;
  }

  void measure() throws IOException, InterruptedException {
    List<String> names =
        bed.settings().proxies().stream().filter(name -> !name.equals("haproxy")).toList();
    Provider provider = Provider.start(bed.running(), "provider", 0);
    List<Proxy> proxies = new ArrayList<>();
    for (String name : names) {
      proxies.add(Proxy.start(name, bed.running(), List.of(provider)));
    }
    compare(
        "eth_chainId over WebSocket",
        "The gateway knows the answer; nginx is a tunnel to the provider's WebSocket.",
        id -> "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"eth_chainId\",\"params\":[]}".formatted(id),
        proxies,
        provider);
    compare(
        "eth_getBalance over WebSocket",
        "Each address asked once; the gateway asks the provider over HTTP.",
        id ->
            "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"eth_getBalance\",\"params\":[\"0x%040x\",\"latest\"]}"
                .formatted(id, id),
        proxies,
        provider);
    proxies.forEach(proxy -> bed.running().end(proxy.process()));
    bed.running().kill(provider.process());
  }

  private void compare(
      String title,
      String note,
      LongFunction<String> question,
      List<Proxy> proxies,
      Provider provider)
      throws IOException, InterruptedException {
    Bed.step(title);
    Map<Proxy, SocketLoop> loops = new LinkedHashMap<>();
    for (Proxy proxy : proxies) {
      String path = proxy.name().equals("nginx") ? "/tunnel" : "/";
      SocketLoop loop = new SocketLoop(proxy.port(), path, CONNECTIONS, question);
      loops.put(proxy, loop);
      loop.run(proxy.name().equals("nginx") ? 2 : bed.settings().warmUpSeconds());
    }
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < bed.settings().rounds(); round++) {
      for (Map.Entry<Proxy, SocketLoop> each : loops.entrySet()) {
        Sample sample = sample(each.getKey(), each.getValue(), provider);
        samples.computeIfAbsent(each.getKey().name(), name -> new ArrayList<>()).add(sample);
        System.out.printf(
            "  round %d %-8s %7.1f µs/message %8.0f messages/s%n",
            round + 1, each.getKey().name(), sample.cpuMicros(), sample.perSecond());
      }
    }
    loops.values().forEach(SocketLoop::close);
    report.heading(title, note + " A request and its answer count as one.");
    report.closedLoop(samples);
  }

  private Sample sample(Proxy proxy, SocketLoop loop, Provider provider)
      throws IOException, InterruptedException {
    long served = provider.served();
    ProcessUse before = ProcessUse.of(proxy.process(), bed.ticksPerSecond());
    SocketLoop.Result result = loop.run(bed.settings().roundSeconds());
    ProcessUse after = ProcessUse.of(proxy.process(), bed.ticksPerSecond());
    if (result.requests() == 0) {
      throw new IOException(proxy.name() + " answered nothing over WebSocket");
    }
    return new Sample(
        (after.cpuMicros() - before.cpuMicros()) / result.requests(),
        result.perSecond(),
        result.p50Millis(),
        result.p99Millis(),
        result.failed(),
        (double) (provider.served() - served) / result.requests(),
        after);
  }
}

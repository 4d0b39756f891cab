package io.jethproxy.acceptance;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RpcClient;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shipped gateway before one provider of mainnet, on a clock that stands still: nothing is
 * asked of the provider but what a test asks for.
 */
final class EdgeRig implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(10);

  /** What the gateway itself asks to follow the chain. */
  private static final Set<String> FOLLOWING =
      Set.of(
          "eth_getBlockByHash",
          "eth_chainId",
          "eth_blockNumber",
          "eth_syncing",
          "eth_getBlockByNumber");

  final FakeTicker ticker = new FakeTicker();
  final FakeProvider provider = FakeProvider.start();
  final RunningGateway gateway;

  private EdgeRig(String yaml) {
    gateway =
        RunningGateway.builder()
            .yaml("providers:\n  - " + provider.url() + "\n" + yaml)
            .ticker(ticker)
            .start();
  }

  static EdgeRig start() {
    return new EdgeRig("");
  }

  /** With more of a configuration file than its providers. */
  static EdgeRig start(String yaml) {
    return new EdgeRig(yaml);
  }

  static String request(String id, String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\"}";
  }

  static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  RpcClient client() {
    return gateway.client();
  }

  int port() {
    return gateway.port();
  }

  RawHttp connect() {
    try {
      return RawHttp.connect(port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes on a new connection and reads all that comes until the gateway closes it. */
  RawHttp.Heard exchange(String bytes) throws IOException {
    return RawHttp.exchange(port(), bytes, SOON);
  }

  /** Sends bytes on a new connection and reads one response. */
  HttpMessage first(String bytes) throws IOException {
    try (RawHttp raw = connect()) {
      return raw.send(bytes).readResponse(SOON).orElseThrow();
    }
  }

  /** Waits until the gateway has read what was sent to it before, on whatever event loop. */
  void settle() {
    for (int i = 0; i < 3 * Runtime.getRuntime().availableProcessors(); i++) {
      try (RawHttp raw = connect()) {
        raw.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        if (raw.readResponse(SOON).isEmpty()) {
          throw new AssertionError("the connection was closed");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One number of the metrics; 0 when the series is not there. */
  double metric(String series) {
    return gateway
        .management()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  /** Open connections of clients. */
  int connections() {
    return (int) metric("jeth_http_connections");
  }

  /** Attempts that wait for the provider, as the status page has it. */
  int inFlight() {
    return json(gateway.status())
        .path("networks")
        .path(0)
        .path("providers")
        .path(0)
        .path("inFlight")
        .asInt(-1);
  }

  /** Waits in real time, on a clock that stands still. */
  static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come true in " + SOON + ": " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** What clients had the provider asked, since {@link #forgetAsked}. */
  List<Asked> asked() {
    return provider.asked().stream().filter(asked -> !FOLLOWING.contains(asked.method())).toList();
  }

  EdgeRig forgetAsked() {
    provider.forgetAsked().forgetScript();
    return this;
  }

  @Override
  public void close() {
    gateway.close();
    provider.close();
  }
}

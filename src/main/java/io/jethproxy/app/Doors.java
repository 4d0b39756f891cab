package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.observe.Metrics;
import io.jethproxy.rpc.Limits;
import io.jethproxy.server.Calls;
import io.jethproxy.server.HttpLimits;
import io.jethproxy.server.Listener;
import io.jethproxy.server.Server;
import io.jethproxy.server.Status;
import io.jethproxy.server.WebSocketLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/** Makes the two listeners, for clients and for operators, with the limits of what they take. */
final class Doors {

  private static final long STALL_MILLIS = 10_000;
  private static final int MANAGEMENT_CONNECTIONS_MAX = 256;

  private final Config config;
  private final Room room;
  private final Server server;
  private final FileLimit files = FileLimit.ofProcess();

  Doors(Config config, Room room, Server server) {
    this.config = config;
    this.room = room;
    this.server = server;
  }

  Listener rpc(Calls calls, Networks networks, Fleets fleets, Metrics metrics) {
    Config.Server configured = config.server();
    return server.rpc(
        calls,
        networks,
        fleets,
        Limits.DEFAULTS.withBatchItemsMax(configured.batchItemsMax()),
        Set.copyOf(configured.cors().origins()),
        metrics::declined,
        limits(files.clientsMax(configured.connectionsMax())),
        webSocketLimits(configured.webSocket()));
  }

  private static WebSocketLimits webSocketLimits(Config.WebSocket webSocket) {
    return new WebSocketLimits(
        webSocket.messageBytesMax(),
        webSocket.callsMax(),
        webSocket.unsentBytesMax(),
        webSocket.perAddressMax());
  }

  Listener management(Metrics metrics, Status status) {
    return server.management(
        isLoopback(config.management().host()),
        metrics::scrape,
        status,
        limits(files.watchersMax(MANAGEMENT_CONNECTIONS_MAX)));
  }

  private HttpLimits limits(int connectionsMax) {
    Config.Server configured = config.server();
    return new HttpLimits(
        configured.bodyBytesMax(),
        configured.inflatedBytesMax(),
        1_000L * configured.headerTimeoutSeconds(),
        1_000L * configured.bodyTimeoutSeconds(),
        1_000L * configured.idleTimeoutSeconds(),
        STALL_MILLIS,
        connectionsMax,
        room.questions(),
        room.answers());
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "management.host: "
              + host.toLowerCase(Locale.ROOT)
              + " (expected: an address of this machine)");
    }
  }
}

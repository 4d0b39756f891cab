package io.jethproxy.hints;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two providers of one chain with sockets, and the gateway before them, its clock turned by hand.
 */
final class SocketRig implements AutoCloseable {

  final FakeWorld world;
  final FakeProvider one;
  final FakeProvider two;
  final FakeTicker ticker = new FakeTicker();

  private final List<RunningGateway> gateways = new ArrayList<>();

  /** All that the gateway may ask. */
  private final Set<FakeProvider> providers = new LinkedHashSet<>();

  SocketRig() {
    this(FakeWorld.ofChain(1));
  }

  SocketRig(FakeWorld world) {
    this.world = world;
    one = FakeProvider.start(world);
    two = FakeProvider.start(world);
    providers.addAll(List.of(one, two));
  }

  RunningGateway.Builder builder() {
    return RunningGateway.before(one, two).ticker(ticker).cached();
  }

  /** With a socket to each of the two, once both tell of new blocks. */
  RunningGateway withSockets() {
    return withSockets(one, two);
  }

  RunningGateway withSockets(FakeProvider... telling) {
    providers.addAll(List.of(telling));
    return started(builder().set("RPC_PROVIDERS_WS", wsUrls(telling)), telling.length);
  }

  /** Another provider that the gateway knows. */
  FakeProvider with(FakeProvider another) {
    providers.add(another);
    return another;
  }

  static String wsUrls(FakeProvider... telling) {
    return List.of(telling).stream().map(FakeProvider::wsUrl).collect(Collectors.joining(","));
  }

  /** Starts it, and waits until so many sockets keep up with the chain. */
  RunningGateway started(RunningGateway.Builder builder, int telling) {
    RunningGateway gateway = builder.start();
    gateways.add(gateway);
    gateway.await(() -> head(gateway) == world.head(), "the head is known");
    gateway.await(() -> count(gateway, "live") == telling, "sockets live: " + sockets(gateway));
    pass(gateway, 4);
    return gateway;
  }

  /** Lets seconds pass, each with the time that answers take. */
  void pass(RunningGateway gateway, int seconds) {
    for (int i = 0; i < seconds; i++) {
      second(gateway);
    }
  }

  /** Lets seconds pass with a block in each so many of them; a client is there all the time. */
  void mining(RunningGateway gateway, int seconds, int secondsPerBlock) {
    for (int i = 1; i <= seconds; i++) {
      if (i % secondsPerBlock == 0) {
        world.mine();
      }
      second(gateway);
      head(gateway);
    }
  }

  private void second(RunningGateway gateway) {
    gateway.settle(providers);
    for (int i = 0; i < 4; i++) {
      ticker.advanceMillis(250);
      gateway.settle(providers);
    }
  }

  /** Waits until the world's newest block is served, while the clock stands still. */
  void awaitHead(RunningGateway gateway) {
    gateway.awaitAtThisMoment(() -> head(gateway) == world.head(), "the head, now");
  }

  long head(RunningGateway gateway) {
    JsonNode number = gateway.client().call("eth_blockNumber", "[]").json().path("result");
    return number.isString()
        ? Long.parseLong(number.asString(), 2, number.asString().length(), 16)
        : -1;
  }

  static List<JsonNode> sockets(RunningGateway gateway) {
    JsonNode sockets = JsonMapper.shared().readTree(gateway.status()).path("sockets");
    return StreamSupport.stream(sockets.spliterator(), false).toList();
  }

  static JsonNode socket(RunningGateway gateway, int index) {
    return sockets(gateway).get(index);
  }

  static String state(RunningGateway gateway, int index) {
    return socket(gateway, index).path("state").asString();
  }

  static String cause(RunningGateway gateway, int index) {
    return socket(gateway, index).path("cause").asString();
  }

  static long count(RunningGateway gateway, String state) {
    return sockets(gateway).stream()
        .filter(socket -> socket.path("state").asString().equals(state))
        .count();
  }

  @Override
  public void close() {
    gateways.forEach(RunningGateway::close);
    one.close();
    two.close();
  }
}

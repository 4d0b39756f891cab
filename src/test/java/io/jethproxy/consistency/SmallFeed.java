package io.jethproxy.consistency;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Subscriptions as a small gateway makes them of one node that it polls: it walks from the newest
 * block back to what it has told, takes back what is not on the way, and tells the rest. For one
 * thread.
 */
final class SmallFeed {

  private static final int KEPT = 64;

  /** A block that was told, and its logs, the last first. */
  private record Kept(String hash, List<JsonNode> logsBackwards) {}

  private final PostClient node;
  private final JsonNode params;
  private final Consumer<JsonNode> client;
  private final Deque<Kept> told = new ArrayDeque<>();

  /**
   * @param params of {@code eth_subscribe}
   * @param client hears each result
   */
  SmallFeed(PostClient node, JsonNode params, Consumer<JsonNode> client) throws IOException {
    this.node = node;
    this.params = params;
    this.client = client;
    forget();
  }

  /** As if it had just begun: what came since the last poll is told to nobody. */
  void forget() throws IOException {
    told.clear();
    JsonNode at = newest();
    while (told.size() <= Conductor.REORG_DEPTH_MAX && at.isObject()) {
      told.addLast(new Kept(at.path("hash").asString(), List.of()));
      at = ask("eth_getBlockByHash", "[" + at.path("parentHash") + ",false]");
    }
  }

  /** Tells what is new. */
  void poll() throws IOException {
    Deque<JsonNode> fresh = new ArrayDeque<>();
    JsonNode at = newest();
    while (!isTold(at.path("hash").asString()) && fresh.size() < KEPT) {
      fresh.push(at);
      at = ask("eth_getBlockByHash", "[" + at.path("parentHash") + ",false]");
    }
    while (!told.getFirst().hash().equals(at.path("hash").asString())) {
      told.pop().logsBackwards().forEach(this::takeBack);
    }
    for (JsonNode block : fresh) {
      tell(block);
    }
  }

  private void tell(JsonNode block) throws IOException {
    List<JsonNode> logs = new ArrayList<>();
    if (params.path(0).asString().equals("newHeads")) {
      client.accept(block);
    } else {
      String address = params.path(1).path("address").toString();
      ask(
              "eth_getLogs",
              "[{\"blockHash\":%s,\"address\":%s}]".formatted(block.path("hash"), address))
          .forEach(logs::add);
      logs.forEach(client);
    }
    told.push(new Kept(block.path("hash").asString(), logs.reversed()));
    if (told.size() > KEPT) {
      told.removeLast();
    }
  }

  private void takeBack(JsonNode log) {
    client.accept(((ObjectNode) log.deepCopy()).put("removed", true));
  }

  private boolean isTold(String hash) {
    return told.stream().anyMatch(kept -> kept.hash().equals(hash));
  }

  private JsonNode newest() throws IOException {
    return ask("eth_getBlockByNumber", "[\"latest\",false]");
  }

  private JsonNode ask(String method, String askedParams) throws IOException {
    return Json.read(node.post(Json.request(1, method, askedParams)).text()).path("result");
  }
}

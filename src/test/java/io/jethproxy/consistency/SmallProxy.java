package io.jethproxy.consistency;

import io.jethproxy.consistency.PostClient.Posted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * Gateways as they are often written, to show that the checker sees what is wrong with them, and a
 * careful one that it must find nothing wrong with. Raw HTTP before the doors of the nodes.
 */
final class SmallProxy implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Answers a request; {@code nodes} are connections of its own to each node. */
  interface Way {
    Posted answer(String body, List<PostClient> nodes) throws IOException;
  }

  private final PostServer server;

  SmallProxy(List<Integer> nodePorts, Way way) {
    server = new PostServer(() -> new Connection(nodePorts, way));
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  /** One node after the other, and the next one when one fails. */
  static Way roundRobin() {
    AtomicInteger turn = new AtomicInteger();
    return (body, nodes) -> {
      IOException last = new IOException("no nodes");
      for (int i = 0; i < nodes.size(); i++) {
        try {
          return nodes.get(turn.getAndIncrement() % nodes.size()).post(body);
        } catch (IOException e) {
          last = e;
        }
      }
      throw last;
    };
  }

  /** Always the first node; a transaction that is sent again is answered as the first time. */
  static Way pinned() {
    return (body, nodes) -> {
      Posted answer = nodes.getFirst().post(body);
      boolean repeated =
          body.contains("eth_sendRawTransaction")
              && (answer.text().contains("already imported")
                  || answer.text().contains("nonce too low"));
      if (!repeated) {
        return answer;
      }
      JsonNode request = Json.read(body);
      String hash = Purse.hashOf(request.path("params").path(0).asString());
      return new Posted(200, Json.answer(request.path("id"), "\"result\":" + Json.quoted(hash)));
    };
  }

  /** Keeps answers to single reads for a while, whatever happens to the chain. */
  static Way staleCache(Way way, Duration timeToLive) {
    return new Way() {
      private record Kept(long untilNanos, JsonNode answer) {}

      private final Map<String, Kept> kept = new ConcurrentHashMap<>();

      @Override
      public Posted answer(String body, List<PostClient> nodes) throws IOException {
        JsonNode request = Json.read(body);
        String method = request.path("method").asString("");
        if (!request.isObject() || method.equals("eth_sendRawTransaction")) {
          return way.answer(body, nodes);
        }
        String key = method + request.path("params");
        Kept old = kept.get(key);
        if (old != null && System.nanoTime() - old.untilNanos() < 0) {
          return new Posted(200, Json.answer(request.path("id"), "\"result\":" + old.answer()));
        }
        Posted answer = way.answer(body, nodes);
        JsonNode read = Json.read(answer.text());
        if (read.has("result")) {
          long until = System.nanoTime() + timeToLive.toNanos();
          kept.put(key, new Kept(until, read.path("result")));
        }
        return answer;
      }
    };
  }

  /** Gives the first two answers of each batch to each other's questions. */
  static Way swappedItems(Way way) {
    return (body, nodes) -> {
      Posted answer = way.answer(body, nodes);
      JsonNode read = Json.read(answer.text());
      if (!read.isArray() || read.size() < 2) {
        return answer;
      }
      List<String> items = new ArrayList<>();
      for (int i = 0; i < read.size(); i++) {
        JsonNode told = read.path(i < 2 ? 1 - i : i).path("result");
        items.add(Json.answer(read.path(i).path("id"), "\"result\":" + told));
      }
      return new Posted(200, "[" + String.join(",", items) + "]");
    };
  }

  /** One of twenty requests is tried again on another node, as if the first had failed. */
  static Way retryOnAnother(Way way, int other) {
    return (body, nodes) ->
        ThreadLocalRandom.current().nextInt(20) == 0
            ? way.answer(body, List.of(nodes.get(other)))
            : way.answer(body, nodes);
  }

  /** Right, but one of so many requests gets an error. */
  static Way failsNowAndThen(Way way, int every) {
    AtomicInteger count = new AtomicInteger();
    return (body, nodes) ->
        count.incrementAndGet() % every == 0 ? unavailable(body) : way.answer(body, nodes);
  }

  /** Always this node; one error, and for so long it is not even asked. */
  static Way longBreaker(int node, Duration open) {
    AtomicLong closedFrom = new AtomicLong(System.nanoTime());
    return (body, nodes) -> {
      if (System.nanoTime() - closedFrom.get() < 0) {
        return unavailable(body);
      }
      Posted answer = nodes.get(node).post(body);
      if (answer.text().contains("internal error")) {
        closedFrom.set(System.nanoTime() + open.toNanos());
      }
      return answer;
    };
  }

  private static Posted unavailable(String body) {
    JsonNode id = Json.read(body).path("id");
    String error = "\"error\":{\"code\":-32002,\"message\":\"no provider\"}";
    return new Posted(200, Json.answer(id.isMissingNode() ? NullNode.getInstance() : id, error));
  }

  private static final class Connection implements PostServer.Handler {

    private final List<PostClient> nodes;
    private final Way way;

    Connection(List<Integer> ports, Way way) {
      this.nodes = ports.stream().map(port -> new PostClient(port, PATIENCE)).toList();
      this.way = way;
    }

    @Override
    public Posted answer(String body) throws IOException {
      return way.answer(body, nodes);
    }

    @Override
    public void close() throws IOException {
      for (PostClient node : nodes) {
        node.close();
      }
    }
  }
}

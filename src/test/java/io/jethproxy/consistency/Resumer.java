package io.jethproxy.consistency;

import io.jethproxy.nodes.GatewayProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * One who listens to blocks or to logs over a WebSocket of its own, and when that ends goes on over
 * another one after what it was told last, as docs/subscriptions.md has it. All of it is written
 * down as one subscription that never ended.
 */
final class Resumer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long BETWEEN_TRIES_NANOS = 50_000_000;

  /** The last thing that it was told and that still holds. */
  private record Place(String blockHash, Optional<String> logIndex) {

    /**
     * @param first the lowest block that was told: nothing below it is to be taken back
     */
    String json(String first) {
      String index = logIndex.map(i -> ",\"logIndex\":\"" + i + "\"").orElse("");
      return "{\"blockHash\":\"%s\",\"fromBlock\":\"%s\"%s}".formatted(blockHash, first, index);
    }
  }

  private final String name;
  private final URI uri;
  private final History history;
  private final HttpClient http;
  private final String kind;
  private final String filter;
  private final Deque<Place> held = new ArrayDeque<>();
  private final AtomicInteger resumed = new AtomicInteger();
  private long startNanos;
  private Optional<String> firstBlock = Optional.empty();
  private volatile Optional<WebSocket> socket = Optional.empty();
  private volatile boolean leaving;

  /**
   * @param kind {@code newHeads} or {@code logs}
   * @param filter members of its option, such as {@code "address":"0x…"}; may be empty
   */
  Resumer(String name, URI uri, History history, HttpClient http, String kind, String filter) {
    this.name = name;
    this.uri = uri;
    this.history = history;
    this.http = http;
    this.kind = kind;
    this.filter = filter;
  }

  /** So many who listen to blocks, and as many who listen to the logs of the purse's contract. */
  static List<Resumer> several(int count, int port, Purse purse, History history, HttpClient http) {
    URI uri = URI.create("ws://127.0.0.1:" + port);
    String ofContract = "\"address\":\"" + purse.contract() + "\"";
    List<Resumer> several = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      several.add(new Resumer("heads-" + i, uri, history, http, "newHeads", "").start());
      several.add(new Resumer("logs-" + i, uri, history, http, "logs", ofContract).start());
    }
    return several;
  }

  /** Subscribes and waits for the id. */
  Resumer start() {
    startNanos = System.nanoTime();
    connect();
    GatewayProcess.awaitThat(name + " has subscribed", () -> socket.isPresent());
    return this;
  }

  boolean hasHeard() {
    synchronized (held) {
      return !held.isEmpty();
    }
  }

  /** How often it has gone on. */
  int resumed() {
    return resumed.get();
  }

  @Override
  public void close() {
    leaving = true;
    told(SubscriptionChecks.UNSUBSCRIBE, "[\"" + kind + "\"]", Op.Type.OK, Json.read("true"));
    socket.ifPresent(WebSocket::abort);
  }

  /** To whoever takes it; not for ever. */
  private void connect() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!leaving) {
      try {
        WebSocket fresh = http.newWebSocketBuilder().buildAsync(uri, new Hearing()).join();
        fresh.sendText(Json.request(1, SubscriptionChecks.SUBSCRIBE, params()), true);
        return;
      } catch (CompletionException e) {
        if (System.nanoTime() - end > 0) {
          failed("nobody takes it for " + PATIENCE);
          return;
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  private String params() {
    synchronized (held) {
      Optional<String> resume =
          Optional.ofNullable(held.peek())
              .map(place -> "\"resume\":" + place.json(firstBlock.orElseThrow()));
      String members =
          filter + (filter.isEmpty() || resume.isEmpty() ? "" : ",") + resume.orElse("");
      return "[\"" + kind + "\",{" + members + "}]";
    }
  }

  private void heard(WebSocket from, JsonNode message) {
    if (message.has("error")) {
      failed("refused: " + message.path("error").toString().replace('"', '\''));
    } else if (message.has("result")) {
      if (socket.isEmpty()) {
        subscribed();
      } else {
        resumed.incrementAndGet();
      }
      socket = Optional.of(from);
    } else {
      keep(message.path("params").path("result"));
    }
  }

  private void subscribed() {
    String params = kind.equals("newHeads") ? "[\"newHeads\"]" : "[\"logs\",{}]";
    history.add(
        new Op(
            history.nextId(),
            name,
            -1,
            startNanos,
            System.nanoTime(),
            Op.Type.OK,
            SubscriptionChecks.SUBSCRIBE,
            Json.read(params),
            Json.read(Json.quoted(kind))));
  }

  private void keep(JsonNode result) {
    synchronized (held) {
      boolean isHead = kind.equals("newHeads");
      Place place =
          new Place(
              result.path(isHead ? "hash" : "blockHash").asString(),
              Optional.of(result.path("logIndex").asString("")).filter(i -> !i.isEmpty()));
      if (result.path("removed").asBoolean(false)) {
        held.remove(place);
      } else {
        held.push(place);
      }
      if (firstBlock.isEmpty()) {
        firstBlock = Optional.of(result.path(isHead ? "number" : "blockNumber").asString());
      }
    }
    told(
        SubscriptionChecks.NOTICE,
        "[\"%s\",\"%s\"]".formatted(kind, kind),
        Op.Type.OK,
        Subscriber.slim(result));
  }

  private void failed(String why) {
    if (!leaving) {
      told(
          SubscriptionChecks.NOTICE,
          "[]",
          Op.Type.FAIL,
          Json.read("{\"message\":\"" + why + "\"}"));
    }
  }

  private void told(String method, String params, Op.Type type, JsonNode what) {
    long now = System.nanoTime();
    history.add(
        new Op(history.nextId(), name, -1, now, now, type, method, Json.read(params), what));
  }

  private final class Hearing implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        heard(from, Json.read(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      Thread.startVirtualThread(Resumer.this::connect);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      Thread.startVirtualThread(Resumer.this::connect);
    }
  }
}

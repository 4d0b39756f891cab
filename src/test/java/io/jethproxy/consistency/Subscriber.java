package io.jethproxy.consistency;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A session over one WebSocket that subscribes and writes down what it is told, in the order in
 * which it comes. Once its connection has ended it stays so.
 */
final class Subscriber implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int NORMAL = 1000;

  /** What it does when it hears of a block. */
  interface Reaction {
    void head(Subscriber self, String hash);
  }

  /** A request that has not been answered yet. */
  private record Asked(long invokedNanos, Session.Question question, CompletableFuture<Op> op) {}

  private final String name;
  private final History history;
  private final Map<Long, Asked> open = new ConcurrentHashMap<>();
  private final Map<String, String> kinds = new ConcurrentHashMap<>();
  private final Reaction reaction;
  private final WebSocket socket;
  private CompletableFuture<WebSocket> sent = CompletableFuture.completedFuture(null);
  private volatile boolean leaving;

  Subscriber(String name, URI uri, History history, HttpClient http, Reaction reaction) {
    this.reaction = reaction;
    this.name = name;
    this.history = history;
    this.socket = http.newWebSocketBuilder().buildAsync(uri, new Hearing()).join();
  }

  /** Subscribes, such as to {@code ["newHeads"]}, and waits for the id. */
  void subscribe(String params) {
    ask("eth_subscribe", params).join();
  }

  /** Asks; what comes back is written down, and the future never fails. */
  CompletableFuture<Op> ask(String method, String params) {
    long id = history.nextId();
    Asked asked =
        new Asked(
            System.nanoTime(), new Session.Question(method, params), new CompletableFuture<>());
    open.put(id, asked);
    send(Json.request(id, method, params));
    return asked
        .op()
        .completeOnTimeout(unanswered(id, asked), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((op, failure) -> {
          if (open.remove(id) != null) {
            history.add(op);
          }
        });
  }

  /** One after the other, as the library wants it. */
  private synchronized void send(String text) {
    sent = sent.thenCompose(before -> socket.sendText(text, true)).exceptionally(failure -> null);
  }

  /** Ends its subscriptions, which shows how far each has come, and leaves. */
  @Override
  public void close() {
    kinds.keySet().stream()
        .map(id -> ask("eth_unsubscribe", "[\"" + id + "\"]"))
        .toList()
        .forEach(CompletableFuture::join);
    leaving = true;
    socket.sendClose(NORMAL, "").exceptionally(failure -> null).join();
    socket.abort();
  }

  private Op unanswered(long id, Asked asked) {
    long end = asked.invokedNanos() + PATIENCE.toNanos();
    return op(id, asked.invokedNanos(), end, Op.Type.INFO, asked.question(), Json.read("null"));
  }

  private Op op(
      long id, long invoked, long completed, Op.Type type, Session.Question what, JsonNode told) {
    JsonNode params = Json.read(what.params());
    return new Op(id, name, -1, invoked, completed, type, what.method(), params, told);
  }

  private void heard(JsonNode message) {
    if (message.path("method").asString("").equals(SubscriptionChecks.NOTICE)) {
      JsonNode params = message.path("params");
      notice(params.path("subscription").asString(""), params.path("result"));
    } else {
      answered(Long.parseLong(message.path("id").asString("-1")), message);
    }
  }

  private void notice(String id, JsonNode result) {
    String kind = kinds.getOrDefault(id, "unknown");
    told(Op.Type.OK, "[\"%s\",\"%s\"]".formatted(kind, id), slim(result));
    if (kind.equals("newHeads")) {
      reaction.head(this, result.path("hash").asString());
    }
  }

  private void told(Op.Type type, String params, JsonNode what) {
    long now = System.nanoTime();
    Session.Question question = new Session.Question(SubscriptionChecks.NOTICE, params);
    history.add(op(history.nextId(), now, now, type, question, what));
  }

  private void answered(long id, JsonNode message) {
    Asked asked = open.get(id);
    if (asked == null) {
      return; // given up
    }
    Op.Type type = message.has("result") ? Op.Type.OK : Op.Type.FAIL;
    JsonNode told = message.path(message.has("result") ? "result" : "error");
    Op op = op(id, asked.invokedNanos(), System.nanoTime(), type, asked.question(), told);
    if (op.isOk() && op.method().equals(SubscriptionChecks.SUBSCRIBE)) {
      kinds.put(told.asString(), op.text(0));
    }
    asked.op().complete(op);
  }

  /**
   * A header is checked by its hash: all of it, a hundred times over, would be too much to keep.
   */
  static JsonNode slim(JsonNode result) {
    if (!(result instanceof ObjectNode object) || !object.has("parentHash")) {
      return result;
    }
    return object.retain("hash", "number", "parentHash");
  }

  private void ended(String how) {
    if (!leaving) {
      told(Op.Type.FAIL, "[]", Json.read("{\"code\":0,\"message\":\"" + how + "\"}"));
    }
  }

  private final class Hearing implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        heard(Json.read(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      ended("closed with " + code + " " + reason.replace('"', '\''));
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended(error instanceof IOException ? "lost: " + error.getMessage() : error.toString());
    }
  }
}

package io.jethproxy.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * A well-behaved JSON-RPC client on a WebSocket: answers go to their calls by id, everything else
 * waits for {@link #next}. Pongs and the close handshake are the JDK's.
 */
public final class WsClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How the connection ended; 1006 when it broke. */
  public record Closed(int code, String reason) {}

  /** One answer. */
  public record Answered(String text) {

    public JsonNode json() {
      return RpcText.JSON.readTree(text);
    }

    public JsonNode result() {
      return json().path("result");
    }

    /** The error's code, 0 when there is none. */
    public int errorCode() {
      return json().path("error").path("code").asInt(0);
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, CompletableFuture<Answered>> asked = new ConcurrentHashMap<>();
  private final BlockingQueue<String> others = new LinkedBlockingQueue<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final WebSocket socket;

  private WsClient(int port, String path, String... headers) {
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(PATIENCE);
    for (String header : headers) {
      int colon = header.indexOf(':');
      builder.header(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    socket =
        wait(builder.buildAsync(URI.create("ws://127.0.0.1:" + port + path), new Ear()), PATIENCE);
  }

  /**
   * Connects to a loopback port.
   *
   * @param path such as {@code /} or {@code /mainnet}
   * @param headers as {@code "Name: value"}
   */
  public static WsClient connect(int port, String path, String... headers) {
    return new WsClient(port, path, headers);
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        String whole = message.toString();
        message.setLength(0);
        hear(whole);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      throw new AssertionError("a binary message");
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      ended(new Closed(code, reason));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended(new Closed(1006, String.valueOf(error)));
    }
  }

  private void hear(String text) {
    heard.add(text);
    JsonNode json = RpcText.JSON.readTree(text);
    CompletableFuture<Answered> waiting =
        json.isObject() && json.has("id") ? asked.remove(json.get("id").toString()) : null;
    if (waiting == null) {
      others.add(text);
    } else {
      waiting.complete(new Answered(text));
    }
  }

  private void ended(Closed how) {
    closed.complete(how);
    asked.values().forEach(each -> each.completeExceptionally(new AssertionError("" + how)));
  }

  /** Calls a method with an id of its own; params is a JSON array. */
  public Answered call(String method, String params) {
    return wait(callAsync(method, params), PATIENCE);
  }

  /** Calls without waiting. */
  public CompletableFuture<Answered> callAsync(String method, String params) {
    String id = Long.toString(ids.incrementAndGet());
    CompletableFuture<Answered> answered = new CompletableFuture<>();
    asked.put(id, answered);
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":%s}"
            .formatted(id, method, params));
    return answered;
  }

  /** Sends any text; what comes back is found by {@link #next}. One sender at a time. */
  public synchronized WsClient send(String text) {
    wait(socket.sendText(text, true), PATIENCE);
    return this;
  }

  /** The next message that answers no call made here: a notification, or the answer to a batch. */
  public JsonNode next() {
    return next(PATIENCE).orElseThrow(() -> new AssertionError("nothing came within " + PATIENCE));
  }

  /** The same; empty when none comes in this time. */
  public Optional<JsonNode> next(Duration atMost) {
    try {
      String text = others.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return Optional.ofNullable(text).map(RpcText.JSON::readTree);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Everything that came so far, in order. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /** Waits until the connection has ended. */
  public Closed closed() {
    return wait(closed, PATIENCE);
  }

  /** Whether the connection is open. */
  public boolean isOpen() {
    return !closed.isDone();
  }

  /** Closes from this side; {@link #closed} says how the gateway answers. */
  public WsClient leave() {
    wait(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""), PATIENCE);
    return this;
  }

  private static <T> T wait(CompletableFuture<T> future, Duration atMost) {
    try {
      return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing within " + atMost, e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
    http.close();
  }
}

package io.jethproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** A small JSON-RPC client for tests: text in, status, headers and body out. */
public final class RpcClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What came back, whatever it is. */
  public record Answered(int status, Map<String, List<String>> headers, String text) {

    /** The first header of this name, in any case. */
    public Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().getFirst())
          .findFirst();
    }

    /** The body as JSON; an exception when it is not. */
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

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final AtomicLong ids = new AtomicLong();
  private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param base such as {@code http://127.0.0.1:8000}, without a path
   */
  public RpcClient(URI base) {
    this.base = base;
  }

  public RpcClient(int port) {
    this(URI.create("http://127.0.0.1:" + port));
  }

  /**
   * Tells a listener, such as a {@link CanaryHunt}, of each response: where from, and all of it.
   */
  public RpcClient heardBy(BiConsumer<String, String> listener) {
    listeners.add(listener);
    return this;
  }

  /** Posts JSON text to {@code /}. */
  public Answered post(String body) {
    return post("/", body);
  }

  /** Posts to a path; headers as {@code "Name: value"}. */
  public Answered post(String path, String body, String... headers) {
    return wait(postAsync(path, body, headers));
  }

  /** Posts without waiting. */
  public CompletableFuture<Answered> postAsync(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path, headers).POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (List.of(headers).stream()
        .noneMatch(h -> h.regionMatches(true, 0, "Content-Type:", 0, 13))) {
      request.header("Content-Type", "application/json");
    }
    return send(request.build());
  }

  /** Calls a method at {@code /} with an id of its own; params is a JSON array. */
  public Answered call(String method, String params) {
    return wait(callAsync(method, params));
  }

  /** Calls without waiting; the answer's id, when it has one, must be the one that was sent. */
  public CompletableFuture<Answered> callAsync(String method, String params) {
    long id = ids.incrementAndGet();
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
            .formatted(id, method, params);
    return postAsync("/", body)
        .thenApply(answered -> {
          JsonNode echoed = answered.json().path("id");
          if (!echoed.isNull() && !echoed.toString().equals(Long.toString(id))) {
            throw new AssertionError("id " + echoed + " (expected: " + id + ")");
          }
          return answered;
        });
  }

  public Answered get(String path, String... headers) {
    return wait(send(request(path, headers).GET().build()));
  }

  /** Any method without a body. */
  public Answered bare(String httpMethod, String path, String... headers) {
    return wait(send(request(path, headers).method(httpMethod, BodyPublishers.noBody()).build()));
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
    for (String header : headers) {
      int colon = header.indexOf(':');
      request.header(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    return request;
  }

  private CompletableFuture<Answered> send(HttpRequest request) {
    return http.sendAsync(request, BodyHandlers.ofString(StandardCharsets.UTF_8))
        .thenApply(response -> heard(request, response));
  }

  private Answered heard(HttpRequest request, HttpResponse<String> response) {
    Answered answered =
        new Answered(response.statusCode(), response.headers().map(), response.body());
    String where = "response to " + request.method() + " (status " + answered.status() + ")";
    String all = answered.headers() + "\n" + answered.text();
    listeners.forEach(listener -> listener.accept(where, all));
    return answered;
  }

  private static Answered wait(CompletableFuture<Answered> answered) {
    try {
      return answered.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    } catch (java.util.concurrent.ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw new UncheckedIOException(io);
        case AssertionError wrong -> throw wrong;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}

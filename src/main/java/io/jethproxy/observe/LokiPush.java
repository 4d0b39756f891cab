package io.jethproxy.observe;

import io.jethproxy.transport.Waits;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One way to one Loki: sends a body and says what came of it, within ten seconds. Certificates are
 * checked against the JVM's list; redirects are not followed. Used by one thread, which it blocks.
 */
final class LokiPush implements AutoCloseable {

  /** What came of a push. */
  sealed interface Result {

    /** Loki has the lines. */
    record Taken() implements Result {}

    /**
     * It has not.
     *
     * @param detail what it said, for people; not redacted yet
     * @param retryAfterMillis how long it wants to be left alone, at most 5 minutes; 0 when it did
     *     not say
     */
    record Failed(LokiTrouble trouble, String detail, long retryAfterMillis) implements Result {}
  }

  /** For the answer as a whole, however slowly it comes. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final int DETAIL_BYTES_MAX = 512;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(Version.HTTP_1_1)
          .followRedirects(Redirect.NEVER)
          .connectTimeout(CONNECT_MAX)
          .build();
  private final HttpRequest.Builder request;

  LokiPush(LokiTarget target) {
    this.request =
        HttpRequest.newBuilder(target.push())
            .header("Content-Type", "application/json")
            .header("Content-Encoding", "gzip")
            .header("User-Agent", LokiBody.APPLICATION)
            .timeout(ANSWER_MAX);
    target.authorization().ifPresent(value -> request.header("Authorization", value.reveal()));
    target.tenant().ifPresent(tenant -> request.header("X-Scope-OrgID", tenant));
  }

  Result send(byte[] gzippedJson) throws InterruptedException {
    HttpRequest push = request.copy().POST(BodyPublishers.ofByteArray(gzippedJson)).build();
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(push, _ -> new Beginning());
    try {
      return result(answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Result.Failed(LokiTrouble.TIMEOUT, "no whole answer in time", 0);
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause());
    } finally {
      answer.cancel(true); // ends the exchange if it is still under way
    }
  }

  private Result result(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new Result.Taken();
    }
    String retryAfter = response.headers().firstValue("Retry-After").orElse("");
    String date = response.headers().firstValue("Date").orElse("");
    String detail = (status + " " + response.body()).strip();
    return new Result.Failed(
        LokiTrouble.of(status), detail, Math.max(0, Waits.ofHeader(retryAfter, date)));
  }

  private static Result failed(Throwable thrown) {
    return new Result.Failed(trouble(thrown), thrown.toString(), 0);
  }

  private static LokiTrouble trouble(Throwable thrown) {
    return switch (thrown) {
      case HttpConnectTimeoutException _ -> LokiTrouble.UNREACHABLE;
      case ConnectException _ -> LokiTrouble.UNREACHABLE;
      case HttpTimeoutException _ -> LokiTrouble.TIMEOUT;
      case SSLException _ -> LokiTrouble.TLS;
      default -> LokiTrouble.BROKEN;
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /**
   * The beginning of a body; what comes after it is not read, and the connection not used again.
   */
  private static final class Beginning implements HttpResponse.BodySubscriber<String> {

    private final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteBuffer kept = ByteBuffer.allocate(DETAIL_BYTES_MAX);
    private @Nullable Subscription subscription;

    @Override
    public CompletionStage<String> getBody() {
      return text;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        kept.put(buffer.slice(buffer.position(), Math.min(buffer.remaining(), kept.remaining())));
      }
      if (!kept.hasRemaining()) {
        if (subscription != null) {
          subscription.cancel();
        }
        onComplete();
      }
    }

    @Override
    public void onError(Throwable failed) {
      text.completeExceptionally(failed);
    }

    @Override
    public void onComplete() {
      text.complete(new String(kept.array(), 0, kept.position(), StandardCharsets.UTF_8));
    }
  }
}

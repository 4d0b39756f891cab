import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** A JSON-RPC client that counts its calls. From any thread. */
final class RpcClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String RESULT = "\"result\":";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI uri;
  private final LongAdder calls = new LongAdder();
  private final LongAdder failed = new LongAdder();

  RpcClient(int port) {
    this.uri = URI.create("http://127.0.0.1:" + port + "/");
  }

  /** The result as JSON; {@code null} as text when the call failed, which is counted. */
  String call(String method, String params) throws InterruptedException {
    calls.increment();
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      String reply = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      int result = reply.indexOf(RESULT);
      if (result >= 0) {
        return reply.substring(result + RESULT.length(), reply.length() - 1);
      }
    } catch (IOException e) {
      // Counted below, like an answer without a result.
    }
    failed.increment();
    return "null";
  }

  /** The result of a call that answers a quantity; negative when it failed. */
  long quantity(String method, String params) throws InterruptedException {
    String result = call(method, params);
    return result.startsWith("\"0x")
        ? Long.parseLong(result, 3, result.length() - 1, 16)
        : -1;
  }

  long calls() {
    return calls.sum();
  }

  long failed() {
    return failed.sum();
  }
}

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Single plain requests: is it up, is the answer right. */
final class Ask {
  /** What came back. */
  record Reply(int status, String body) {}

  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int POLL_MILLIS = 2;

  private Ask() {}

  static Reply get(int port, String path) throws IOException {
    return exchange(port, path, "");
  }

  /** Fails unless the proxy on {@code port} gives a whole and right answer of this kind. */
  static void rightAnswer(String proxy, int port, Kind kind) throws IOException {
    Reply reply = exchange(port, "/", body(kind));
    int results = reply.body().split("\"result\"", -1).length - 1;
    if (reply.status() != 200 || results != kind.items() || reply.body().contains("\"error\"")) {
      String start = reply.body().substring(0, Math.min(300, reply.body().length()));
      throw new IOException(
          proxy + " answered " + kind.load() + " with " + reply.status() + " " + start);
    }
    if (kind.isLarge() && reply.body().length() < kind.bytesMin()) {
      throw new IOException(
          proxy + " cut a large answer short: " + reply.body().length() + " bytes");
    }
  }

  /**
   * Polls every 2 ms until {@code path} answers 200 (an empty path asks a small call), and returns
   * the moment in nanoseconds.
   */
  static long untilUp(String proxy, Process process, int port, String path, int secondsMax)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    IOException last = new IOException("not asked");
    while (System.nanoTime() - start < secondsMax * 1_000_000_000L) {
      if (!process.isAlive()) {
        throw new IOException(
            proxy
                + " ended with status "
                + process.exitValue()
                + " while starting; see its log below");
      }
      try {
        Reply reply = path.isEmpty() ? exchange(port, "/", body(Kind.SMALL)) : get(port, path);
        if (reply.status() == 200) {
          return System.nanoTime();
        }
        last = new IOException(reply.status() + " " + reply.body());
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IOException(proxy + " is not up after " + secondsMax + " s", last);
  }

  private static String body(Kind kind) {
    return switch (kind) {
      case SMALL ->
          call(1, "eth_getBalance", "\"0x%040x\",\"latest\"".formatted(System.nanoTime()));
      case LARGE ->
          call(
              1,
              "eth_getLogs",
              "{\"fromBlock\":\"0x1000000\",\"toBlock\":\"0x1000000\",\"address\":\"%s\",\"topics\":[\"%s\"]}"
                  .formatted(ChainAnswers.LOGS_ADDRESS, ChainAnswers.LOGS_TOPIC));
      case BATCH ->
          IntStream.rangeClosed(1, kind.items())
              .mapToObj(id ->
                  call(
                      id,
                      "eth_getBalance",
                      "\"0x%040x\",\"latest\"".formatted(System.nanoTime() + id)))
              .collect(Collectors.joining(",", "[", "]"));
      case LOCAL -> call(1, "eth_chainId", "");
      case RING -> call(1, "eth_getBlockByNumber", "\"latest\",false");
      case HIT -> call(1, "eth_getBalance", "\"0x%040x\",\"latest\"".formatted(1));
      case LARGE_HIT ->
          call(1, "eth_getBlockReceipts", '"' + ChainAnswers.LOGS_BLOCK_TEXT + '"');
    };
  }

  private static String call(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":[%s]}"
        .formatted(id, method, params);
  }

  private static Reply exchange(int port, String path, String body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setRequestProperty("Connection", "close");
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    }
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Reply(
          status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}

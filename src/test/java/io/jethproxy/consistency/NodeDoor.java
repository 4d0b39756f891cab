package io.jethproxy.consistency;

import io.jethproxy.consistency.PostClient.Posted;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/**
 * The way to one node: passes requests on unless a fault is set, and holds them while the conductor
 * changes the node's chain, so that nobody sees a change half done.
 */
final class NodeDoor implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What the way does to requests. */
  enum Fault {
    NONE,
    /** Two of three requests get 429. */
    RATE_LIMIT,
    /** Every second request gets an error with status 200. */
    ERRORS_AT_200,
    /** Every second read of blocks, receipts, transactions or logs gets null or []. */
    EMPTY_ANSWERS
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
  private final AtomicInteger turn = new AtomicInteger();
  private final PostServer server;
  private volatile Fault fault = Fault.NONE;

  /**
   * @param nodePort asked whenever a connection is made
   * @param accepted hears what was posted and what the node answered, when it was a transaction
   */
  NodeDoor(IntSupplier nodePort, BiConsumer<String, String> accepted) {
    server = new PostServer(() -> new Passage(nodePort.getAsInt(), accepted));
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  int port() {
    return server.port();
  }

  void fault(Fault newFault) {
    fault = newFault;
  }

  /** For those who read the node or send to it. */
  Lock passing() {
    return lock.readLock();
  }

  /** For the one who changes it. */
  Lock changing() {
    return lock.writeLock();
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Passage implements PostServer.Handler {

    private final PostClient node;
    private final BiConsumer<String, String> accepted;

    Passage(int nodePort, BiConsumer<String, String> accepted) {
      this.node = new PostClient(nodePort, PATIENCE);
      this.accepted = accepted;
    }

    @Override
    public Posted answer(String body) throws IOException {
      int count = turn.incrementAndGet();
      return switch (fault) {
        case NONE -> pass(body);
        case RATE_LIMIT ->
            count % 3 == 0 ? pass(body) : new Posted(429, error(body, -32005, "slow down"));
        case ERRORS_AT_200 ->
            count % 2 == 0 ? pass(body) : new Posted(200, error(body, -32603, "internal error"));
        case EMPTY_ANSWERS -> count % 2 == 0 || body.startsWith("[") ? pass(body) : empty(body);
      };
    }

    private Posted pass(String body) throws IOException {
      passing().lock();
      try {
        Posted answer = node.post(body);
        if (body.contains("eth_sendRawTransaction")) {
          accepted.accept(body, answer.text());
        }
        return answer;
      } finally {
        passing().unlock();
      }
    }

    private Posted empty(String body) throws IOException {
      String method = Json.read(body).path("method").asString("");
      return switch (method) {
        case "eth_getLogs" -> new Posted(200, result(body, "[]"));
        case "eth_getBlockByNumber",
            "eth_getBlockByHash",
            "eth_getBlockReceipts",
            "eth_getTransactionByHash",
            "eth_getTransactionReceipt" ->
            new Posted(200, result(body, "null"));
        default -> pass(body);
      };
    }

    @Override
    public void close() throws IOException {
      node.close();
    }
  }

  private static String result(String body, String result) {
    return Json.answer(Json.read(body).path("id"), "\"result\":" + result);
  }

  private static String error(String body, int code, String message) {
    return Json.answer(
        Json.read(body).path("id"),
        "\"error\":{\"code\":%d,\"message\":\"%s\"}".formatted(code, message));
  }
}

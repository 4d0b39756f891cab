package io.jethproxy.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A load client that sends at a constant rate, whatever comes back: latencies count from the moment
 * a request was due, so waiting behind slow answers is not hidden. Each request has an id of its
 * own. Keep-alive connections, one request at a time on each, at most {@code inFlightMax}; a
 * request that finds none free counts as failed.
 */
public final class OpenLoop {

  private static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final long IDLE_NANOS_MAX = 20_000_000_000L;

  /** What to ask with this number: a method and its params, a JSON array. */
  public record Question(String method, String params) {}

  /**
   * One request.
   *
   * @param id also its number, from 1
   * @param dueNanos when it was to be sent, after the start
   * @param latencyNanos from then to the last byte of the answer
   * @param status HTTP status; 0 when none came
   * @param answer {@code result} or {@code error} as JSON; empty when none came
   * @param failure empty for a result; else {@code error}, {@code http}, or what broke
   * @param idEchoed whether the answer's id is exactly the one sent; true when no answer came
   */
  public record Sample(
      long id,
      String method,
      long dueNanos,
      long latencyNanos,
      int status,
      String answer,
      String failure,
      boolean idEchoed) {

    public boolean failed() {
      return !failure.isEmpty();
    }
  }

  private final int port;
  private final String path;
  private final int perSecond;
  private final Semaphore inFlight;
  private final int inFlightMax;
  private final Duration patience;
  private final LongFunction<Question> questions;
  private final Consumer<Sample> listener;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();

  private OpenLoop(
      int port,
      String path,
      int perSecond,
      int inFlightMax,
      Duration patience,
      LongFunction<Question> questions,
      Consumer<Sample> listener) {
    this.port = port;
    this.path = path;
    this.perSecond = perSecond;
    this.inFlightMax = inFlightMax;
    this.inFlight = new Semaphore(inFlightMax);
    this.patience = patience;
    this.questions = questions;
    this.listener = listener;
  }

  /** Load on a loopback port: at most 1,000 requests in flight, 15 seconds of patience for each. */
  public static OpenLoop on(
      int port, String path, int perSecond, LongFunction<Question> questions) {
    return new OpenLoop(
        port, path, perSecond, 1_000, Duration.ofSeconds(15), questions, sample -> {});
  }

  public OpenLoop inFlightMax(int n) {
    return new OpenLoop(port, path, perSecond, n, patience, questions, listener);
  }

  public OpenLoop patience(Duration patience) {
    return new OpenLoop(port, path, perSecond, inFlightMax, patience, questions, listener);
  }

  /** Tells each sample as soon as its answer has come; called by many threads. */
  public OpenLoop heardBy(Consumer<Sample> listener) {
    return new OpenLoop(port, path, perSecond, inFlightMax, patience, questions, listener);
  }

  /** Sends for so long, then waits for the answers. May be called once. */
  public LoadReport run(Duration length) {
    long count = length.toNanos() * perSecond / 1_000_000_000L;
    return run(id -> id <= count);
  }

  /** Sends as long as this is so, then waits for the answers. May be called once. */
  public LoadReport runWhile(BooleanSupplier goesOn) {
    return run(_ -> goesOn.getAsBoolean());
  }

  private LoadReport run(LongPredicate goesOn) {
    Phaser underWay = new Phaser(1);
    long start = System.nanoTime();
    for (long id = 1; goesOn.test(id); id++) {
      long number = id;
      long due = start + (id - 1) * 1_000_000_000L / perSecond;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      underWay.register();
      Thread.ofVirtual()
          .name("load-" + number)
          .start(() -> {
            try {
              Sample sample = ask(number, start, due);
              samples.add(sample);
              listener.accept(sample);
            } finally {
              underWay.arriveAndDeregister();
            }
          });
    }
    underWay.arriveAndAwaitAdvance();
    idle.forEach(Connection::close);
    return new LoadReport(List.copyOf(samples));
  }

  private Sample ask(long id, long start, long due) {
    Question question = questions.apply(id);
    if (!inFlight.tryAcquire()) {
      return new Sample(id, question.method(), due - start, 0, 0, "", "no connection free", true);
    }
    try {
      HttpMessage answer = exchange(id, question);
      return judge(id, question, due - start, System.nanoTime() - due, answer);
    } catch (IOException e) {
      String failure = e.getClass().getSimpleName() + ": " + e.getMessage();
      long latency = System.nanoTime() - due;
      return new Sample(id, question.method(), due - start, latency, 0, "", failure, true);
    } finally {
      inFlight.release();
    }
  }

  private HttpMessage exchange(long id, Question question) throws IOException {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
            .formatted(id, question.method(), question.params());
    Connection connection = connection();
    boolean reusable = false;
    try {
      HttpMessage answer = connection.exchange(RawHttp.post(path, body));
      reusable =
          answer.isWhole()
              && answer.header("Connection").filter("close"::equalsIgnoreCase).isEmpty();
      return answer;
    } finally {
      if (reusable) {
        idle.addFirst(connection.usedNow());
      } else {
        connection.close();
      }
    }
  }

  /** As HTTP libraries do, takes no connection that was closed or has been idle for long. */
  private Connection connection() throws IOException {
    for (Connection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
      if (next.isFresh()) {
        return next;
      }
      next.close();
    }
    return Connection.open(port, patience);
  }

  private static Sample judge(
      long id, Question question, long due, long latency, HttpMessage answer) {
    String member = "";
    String failure = "";
    boolean echoed = false;
    try {
      JsonNode json = RpcText.JSON.readTree(answer.text());
      JsonNode echo = json.path("id");
      echoed = echo.isIntegralNumber() && echo.toString().equals(Long.toString(id));
      member = (json.has("error") ? json.path("error") : json.path("result")).toString();
      if (json.has("error") || !json.has("result")) {
        failure = "error";
      }
    } catch (JacksonException e) {
      failure = "not JSON";
    }
    if (answer.status() != 200) {
      failure = "http " + answer.status();
    }
    if (!answer.isWhole()) {
      failure = "truncated";
    }
    return new Sample(
        id, question.method(), due, latency, answer.status(), member, failure, echoed);
  }

  private record Connection(SocketChannel channel, InputStream in, long usedNanos) {

    static Connection open(int port, Duration patience) throws IOException {
      SocketChannel channel = SocketChannel.open();
      Socket socket = channel.socket();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) patience.toMillis());
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
          (int) patience.toMillis());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      return new Connection(channel, in, System.nanoTime());
    }

    Connection usedNow() {
      return new Connection(channel, in, System.nanoTime());
    }

    boolean isFresh() throws IOException {
      if (System.nanoTime() - usedNanos > IDLE_NANOS_MAX) {
        return false;
      }
      try {
        channel.configureBlocking(false);
        int read = channel.read(ByteBuffer.allocate(1));
        channel.configureBlocking(true);
        return read == 0;
      } catch (SocketException e) {
        return false; // reset
      }
    }

    HttpMessage exchange(String request) throws IOException {
      channel.socket().getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      Optional<HttpMessage> answer = HttpMessage.readResponse(in, ANSWER_BYTES_MAX);
      return answer.orElseThrow(() -> new IOException("closed without an answer"));
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}

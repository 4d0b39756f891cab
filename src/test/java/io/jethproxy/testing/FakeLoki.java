package io.jethproxy.testing;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A Loki on a real socket: takes pushes as Loki's push API does, refuses what it would refuse, and
 * can misbehave. Ends with {@link #close}.
 */
public final class FakeLoki implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final int BODY_BYTES_MAX = 4 << 20;

  /** One request as it came. */
  @SuppressWarnings("ArrayRecordComponent") // read only
  public record Push(String requestLine, Map<String, String> headers, byte[] body, long atNanos) {

    /** A header's value; empty when it is not there. Names in lower case. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** How a request is answered. */
  @FunctionalInterface
  public interface Manner {
    /** Answers; the connection ends when this throws. */
    void answer(FakeLoki loki, Push push, OutputStream out) throws IOException;
  }

  /** Takes lines, or refuses them with 400, as Loki does. */
  public static final Manner WELL = (loki, push, out) -> loki.take(push, out);

  /** Accepts and says nothing. */
  public static final Manner SILENT = (loki, _, _) -> loki.awaitClose();

  /** Something that is not HTTP. */
  public static final Manner GARBAGE =
      (_, _, out) -> {
        out.write("\u0000\u0001 SSH-2.0 what? \r\n\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        throw new IOException("enough");
      };

  /** Headers, then a body without end. */
  public static final Manner HUGE =
      (_, _, out) -> {
        out.write(head("500 Internal Server Error", "Transfer-Encoding: chunked"));
        byte[] chunk =
            ("10000\r\n" + "x".repeat(1 << 16) + "\r\n").getBytes(StandardCharsets.UTF_8);
        while (true) {
          out.write(chunk);
        }
      };

  /** Says that it goes on, and does not. */
  public static final Manner DRIPPING =
      (loki, _, out) -> {
        out.write(head("500 Internal Server Error", "Content-Length: 1000"));
        out.flush();
        loki.awaitClose();
      };

  /** A status with further headers and a small body. */
  public static Manner status(String status, String... headers) {
    return saying(status, "said by loki", headers);
  }

  /** A status with a body and further headers. */
  public static Manner saying(String status, String text, String... headers) {
    return (_, _, out) -> {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      String[] all = List.of(headers).toArray(new String[headers.length + 1]);
      all[headers.length] = "Content-Length: " + body.length;
      out.write(head(status, all));
      out.write(body);
      out.flush();
    };
  }

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Push> pushes = new CopyOnWriteArrayList<>();
  private final List<LokiPushes.Entry> entries = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private volatile Manner manner = WELL;
  private volatile boolean closed;

  private FakeLoki(ServerSocket listener) {
    this.listener = listener;
    Thread.ofVirtual().start(this::accept);
  }

  public static FakeLoki start() {
    return start(0);
  }

  /** On the port of one that was closed. */
  public static FakeLoki start(int port) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      return new FakeLoki(listener);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Its base. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public void behave(Manner next) {
    manner = next;
  }

  /** All requests so far, whatever became of them. */
  public List<Push> pushes() {
    return pushes;
  }

  /** The lines that it has taken. */
  public List<LokiPushes.Entry> entries() {
    return entries;
  }

  /** Why it refused pushes of its own accord. */
  public List<String> refusals() {
    return refusals;
  }

  /** The texts of the lines that it has taken, between line feeds. */
  public String text() {
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> text.append(entry.line()).append('\n'));
    return text.toString();
  }

  /** Waits until something is so. */
  public static void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      while (true) {
        Push push = read(in);
        pushes.add(push);
        manner.answer(this, push, socket.getOutputStream());
      }
    } catch (IOException e) {
      // the other end left, or this one closed, or the manner wants it
    } finally {
      open.remove(socket);
    }
  }

  private static Push read(DataInputStream in) throws IOException {
    String requestLine = line(in);
    Map<String, String> headers = new TreeMap<>();
    int bytes = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      bytes += line.length();
      if (bytes > HEAD_BYTES_MAX) {
        throw new IOException("headers without end");
      }
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    if (length > BODY_BYTES_MAX) {
      throw new IOException("a body too large");
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return new Push(requestLine, headers, body, System.nanoTime());
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > HEAD_BYTES_MAX) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  private void take(Push push, OutputStream out) throws IOException {
    if (!push.requestLine().equals("POST /loki/api/v1/push HTTP/1.1")) {
      refusals.add(push.requestLine());
      status("404 Not Found").answer(this, push, out);
      return;
    }
    try {
      entries.addAll(
          LokiPushes.read(
              push.header("content-type"), push.header("content-encoding"), push.body()));
      out.write(head("204 No Content"));
      out.flush();
    } catch (LokiPushes.Refused e) {
      refusals.add(e.getMessage());
      status("400 Bad Request").answer(this, push, out);
    }
  }

  private static byte[] head(String status, String... headers) {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return ("HTTP/1.1 " + status + "\r\n" + lines + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private void awaitClose() {
    while (!closed) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

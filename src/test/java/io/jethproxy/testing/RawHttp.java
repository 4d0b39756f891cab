package io.jethproxy.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A socket on which exactly the given bytes are sent, and everything that comes back is read. */
public final class RawHttp implements AutoCloseable {

  private static final int BYTES_MAX = 64 << 20;

  /** How the peer ended its direction, or that it did not. */
  public enum End {
    CLOSED,
    RESET,
    /** The time was up and the connection still open. */
    OPEN,
    /** The peer sent more than 64 MiB. */
    TOO_MUCH
  }

  /** Everything the peer sent, as ISO-8859-1 text so that each character is a byte. */
  public record Heard(String text, End end) {

    /** The whole responses within the text, 1xx ones included; what follows garbage is left out. */
    public List<HttpMessage> responses() {
      InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
      List<HttpMessage> responses = new ArrayList<>();
      try {
        for (Optional<HttpMessage> next = HttpMessage.readResponse(in, BYTES_MAX);
            next.isPresent();
            next = HttpMessage.readResponse(in, BYTES_MAX)) {
          responses.add(next.get());
        }
      } catch (IOException | NumberFormatException e) {
        return List.copyOf(responses); // the rest is no response
      }
      return List.copyOf(responses);
    }
  }

  private final Socket socket;
  private final InputStream in;

  private RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects to a loopback port. */
  public static RawHttp connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
    return new RawHttp(socket);
  }

  /** Sends the bytes on a new connection and hears the peer out. */
  public static Heard exchange(int port, String bytes, Duration atMost) throws IOException {
    try (RawHttp raw = connect(port)) {
      return raw.send(bytes).readUntilEnd(atMost);
    }
  }

  /** A well-formed POST of JSON to a path. */
  public static String post(String path, String json) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
        + json.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Sends text as ISO-8859-1: each character is one byte. */
  public RawHttp send(String bytes) throws IOException {
    return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends byte by byte with a pause after each. */
  public RawHttp drip(String bytes, Duration interval) throws IOException {
    for (byte b : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
      send(new byte[] {b});
      LockSupport.parkNanos(interval.toNanos());
    }
    return this;
  }

  /** Ends the sending direction. */
  public RawHttp halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Throws the connection away: the peer sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Reads the next response; empty when the peer closed before its first byte. */
  public Optional<HttpMessage> readResponse(Duration atMost) throws IOException {
    socket.setSoTimeout(millis(atMost));
    return HttpMessage.readResponse(in, BYTES_MAX);
  }

  /** Reads until the peer ends the connection or the time is up. */
  public Heard readUntilEnd(Duration atMost) throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (heard.size() < BYTES_MAX) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return heard(heard, End.OPEN);
      }
      socket.setSoTimeout(millis(Duration.ofNanos(left)));
      try {
        int count = in.read(buffer);
        if (count < 0) {
          return heard(heard, End.CLOSED);
        }
        heard.write(buffer, 0, count);
      } catch (SocketTimeoutException e) {
        return heard(heard, End.OPEN);
      } catch (SocketException e) {
        return heard(heard, End.RESET);
      }
    }
    return heard(heard, End.TOO_MUCH);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static Heard heard(ByteArrayOutputStream bytes, End end) {
    return new Heard(bytes.toString(StandardCharsets.ISO_8859_1), end);
  }

  private static int millis(Duration duration) {
    return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
  }
}

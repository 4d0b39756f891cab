package io.jethproxy.consistency;

import io.jethproxy.testing.HttpMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One kept connection to a loopback port that posts JSON and waits for the answer; opened when it
 * is needed, and again after a failure. For one thread.
 */
final class PostClient implements AutoCloseable {

  private static final int BYTES_MAX = 64 << 20;

  private final int port;
  private final Duration patience;
  private volatile Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();

  PostClient(int port, Duration patience) {
    this.port = port;
    this.patience = patience;
  }

  /** What came back. */
  record Posted(int status, String text) {}

  /** Posts to {@code /}; after an exception it is unknown whether the peer acted. */
  Posted post(String json) throws IOException {
    try {
      if (socket.isClosed() || !socket.isConnected()) {
        connect();
      }
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      socket.getOutputStream().write(message("POST / HTTP/1.1\r\nHost: 127.0.0.1", body));
      HttpMessage answer =
          HttpMessage.readResponse(in, BYTES_MAX)
              .filter(HttpMessage::isWhole)
              .orElseThrow(() -> new IOException("closed before the answer"));
      if (answer.header("Connection").filter("close"::equalsIgnoreCase).isPresent()) {
        close();
      }
      return new Posted(answer.status(), answer.text());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** A start line and perhaps headers, then what frames the body, in one piece. */
  static byte[] message(String head, byte[] body) {
    String framed =
        "%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(head, body.length);
    byte[] bytes = new byte[framed.length() + body.length];
    System.arraycopy(framed.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, framed.length());
    System.arraycopy(body, 0, bytes, framed.length(), body.length);
    return bytes;
  }

  private void connect() throws IOException {
    Socket fresh = new Socket();
    fresh.setTcpNoDelay(true);
    fresh.setSoTimeout((int) patience.toMillis());
    fresh.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
    socket = fresh;
    in = new BufferedInputStream(fresh.getInputStream(), 1 << 16);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

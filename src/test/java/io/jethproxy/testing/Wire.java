package io.jethproxy.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The provider's end of one connection, with everything a badly behaved server can do to it. */
final class Wire {

  private final Socket socket;
  private final Frost frost;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean isPausing;

  Wire(Socket socket, Frost frost) {
    this.socket = socket;
    this.frost = frost;
  }

  /** Sends these bytes at once, unless the provider is frozen. */
  void send(byte[] bytes) throws IOException {
    frost.pass(over);
    socket.getOutputStream().write(bytes);
  }

  /** Sends ASCII text. */
  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends head and body in one piece. */
  void send(String head, byte[] body) throws IOException {
    byte[] ascii = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] both = new byte[ascii.length + body.length];
    System.arraycopy(ascii, 0, both, 0, ascii.length);
    System.arraycopy(body, 0, both, ascii.length, body.length);
    send(both);
  }

  /** Waits; ends with an exception when the connection is over first. */
  void pause(Duration pause) throws IOException {
    isPausing = true;
    try {
      if (over.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("connection is over");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      isPausing = false;
    }
  }

  /** Whether a script holds up what is to be sent. */
  boolean isPausing() {
    return isPausing;
  }

  /** Closes in both directions, in the orderly way. */
  void close() throws IOException {
    over.countDown();
    socket.close();
  }

  /** Ends the provider's direction and goes on reading. */
  void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** Throws the connection away: the peer sees a reset. */
  void reset() {
    over.countDown();
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      hungUp(); // closed before
    }
  }

  /** Goes on once the provider is not frozen. */
  void passFrost() throws IOException {
    frost.pass(over);
  }

  /** The peer has gone: whatever waits for the wire ends. */
  void hungUp() {
    over.countDown();
  }
}

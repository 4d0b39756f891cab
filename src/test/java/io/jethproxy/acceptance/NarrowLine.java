package io.jethproxy.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a provider on which its answers, all together, come at no more than a given rate; the
 * questions pass at once. Ends with {@link #close}.
 */
final class NarrowLine implements AutoCloseable {

  private static final int PIECE_BYTES = 400;

  private final int providerPort;
  private final long nanosPerByte;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private long freeNanos = System.nanoTime();

  private NarrowLine(int providerPort, int bytesPerSecond) throws IOException {
    this.providerPort = providerPort;
    this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.listener = new ServerSocket(0, 1_024, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("line-accept").start(this::accept);
  }

  static NarrowLine to(int providerPort, int bytesPerSecond) {
    try {
      return new NarrowLine(providerPort, bytesPerSecond);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket provider = new Socket();
        open.add(client);
        open.add(provider);
        provider.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), providerPort));
        pass(client, provider, (in, out) -> in.transferTo(out));
        pass(provider, client, this::trickle);
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  @FunctionalInterface
  private interface Way {
    void pass(InputStream in, OutputStream out) throws IOException;
  }

  private void pass(Socket from, Socket to, Way way) {
    Thread.ofVirtual()
        .name("line-pass")
        .start(() -> {
          try (from;
              to) {
            way.pass(from.getInputStream(), to.getOutputStream());
          } catch (IOException e) {
            return; // one side is gone, and so is the other now
          } finally {
            open.remove(from);
          }
        });
  }

  private void trickle(InputStream in, OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      awaitTurn(read);
      out.write(piece, 0, read);
    }
  }

  /** Connections share the line piece by piece. */
  private void awaitTurn(int bytes) {
    long turn;
    synchronized (this) {
      turn = Math.max(freeNanos, System.nanoTime()) + bytes * nanosPerByte;
      freeNanos = turn;
    }
    while (System.nanoTime() - turn < 0) {
      LockSupport.parkNanos(turn - System.nanoTime());
    }
  }
}

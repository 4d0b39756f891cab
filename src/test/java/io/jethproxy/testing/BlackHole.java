package io.jethproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address from which nothing comes back, not even a refusal, as behind a firewall that drops
 * packets: its queue of connections is full and nobody accepts one. Ends with {@link #close}.
 */
public final class BlackHole implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 200;
  private static final int CONNECTIONS_MAX = 100;

  private final ServerSocket listener;
  private final List<Socket> waiting = new ArrayList<>();

  private BlackHole(InetSocketAddress address) throws IOException {
    listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(address, 1);
    while (connects()) {
      if (waiting.size() >= CONNECTIONS_MAX) {
        throw new IOException("the system takes any number of connections");
      }
    }
  }

  /**
   * Swallows what is sent to this loopback address.
   *
   * @param address a literal, such as {@code ::1}
   */
  public static BlackHole at(String address, int port) {
    try {
      return new BlackHole(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean connects() throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(listener.getLocalSocketAddress(), PATIENCE_MILLIS);
      waiting.add(socket);
      return true;
    } catch (SocketTimeoutException e) {
      socket.close();
      return false;
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : waiting) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

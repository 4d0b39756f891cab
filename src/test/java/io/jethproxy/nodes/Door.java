package io.jethproxy.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port of its own to a real node, so that one node can be had as several providers, of which one
 * may die: passes bytes on, both ways. Ends with {@link #close}.
 */
final class Door implements AutoCloseable {

  private final int nodePort;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Door(String address, int port, int nodePort) throws IOException {
    this.nodePort = nodePort;
    this.listener = new ServerSocket(port, 1_024, InetAddress.ofLiteral(address));
    Thread.ofVirtual().name("door").start(this::accept);
  }

  static Door to(int nodePort) {
    return at("127.0.0.1", 0, nodePort);
  }

  /** At another loopback address. */
  static Door at(String address, int port, int nodePort) {
    try {
      return new Door(address, port, nodePort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** As when the provider dies: resets its connections and refuses others. */
  @Override
  public void close() {
    quietly(listener);
    open.forEach(Door::reset);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket node = new Socket();
        open.add(client);
        open.add(node);
        node.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), nodePort));
        pass(client, node);
        pass(node, client);
        if (listener.isClosed()) {
          open.forEach(Door::reset);
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void pass(Socket from, Socket to) {
    Thread.ofVirtual()
        .name("door-pass")
        .start(() -> {
          try (from;
              to) {
            from.getInputStream().transferTo(to.getOutputStream());
          } catch (IOException e) {
            return; // one side is gone, and so is the other now
          } finally {
            open.remove(from);
          }
        });
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      return; // closed already
    } finally {
      quietly(socket);
    }
  }

  private static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.jethproxy.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A small balancer of connections, as stands before replicas of the gateway: asks each for {@code
 * /ready} ten times a second and gives new connections to those that are, in turn. Knows nothing of
 * HTTP beyond that, so what a replica does to a connection the client sees.
 */
public final class Balancer implements AutoCloseable {

  private static final long WATCH_NANOS = 100_000_000;

  private final ServerSocket listener;
  private final List<GatewayProcess> replicas = new CopyOnWriteArrayList<>();
  private final Set<GatewayProcess> ready = ConcurrentHashMap.newKeySet();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turn = new AtomicInteger();

  public Balancer() throws IOException {
    listener = new ServerSocket(0, 1_024, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("balancer").start(this::accept);
    Thread.ofVirtual().name("balancer-watch").start(this::watch);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Takes a replica in and waits until it is ready. */
  public void add(GatewayProcess replica) {
    replicas.add(replica);
    GatewayProcess.awaitThat("the balancer uses the replica", () -> ready.contains(replica));
  }

  /** A replica that has ended. */
  public void remove(GatewayProcess replica) {
    replicas.remove(replica);
    ready.remove(replica);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void watch() {
    while (!listener.isClosed()) {
      for (GatewayProcess replica : replicas) {
        if (!replica.isReady()) {
          ready.remove(replica);
        } else if (replicas.contains(replica)) {
          ready.add(replica);
        }
      }
      LockSupport.parkNanos(WATCH_NANOS);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().name("balancer-connection").start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** Passes bytes both ways; when one side ends, so does the other. */
  private void serve(Socket client) {
    open.add(client);
    try (client;
        Socket replica = connect()) {
      open.add(replica);
      Thread back = Thread.ofVirtual().start(() -> pass(replica, client));
      pass(client, replica);
      back.join();
      open.remove(replica);
    } catch (IOException e) {
      return; // the client sees it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private Socket connect() throws IOException {
    IOException last = new IOException("no replica is ready");
    for (GatewayProcess replica : List.copyOf(ready)) {
      List<GatewayProcess> now = List.copyOf(ready);
      GatewayProcess next =
          now.isEmpty() ? replica : now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
      try {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), next.port()));
        return socket;
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      return; // the other direction ends too
    } finally {
      end(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

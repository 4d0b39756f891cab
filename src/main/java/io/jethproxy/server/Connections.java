package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The open connections of one listener on one event loop, swept for what waits too long. */
final class Connections {

  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Ticker ticker;
  private final int connectionsMax;
  private final AtomicInteger open;
  private final Set<HttpConnection> connections = new LinkedHashSet<>();
  private boolean sweeping;

  /**
   * @param open counts the connections of the listener over all loops
   */
  Connections(Ticker ticker, int connectionsMax, AtomicInteger open) {
    this.ticker = ticker;
    this.connectionsMax = connectionsMax;
    this.open = open;
  }

  /** Takes a new connection in, at the cost of the longest idle one when there are too many. */
  boolean add(HttpConnection connection) {
    if (open.incrementAndGet() > connectionsMax && !closeLongestIdle()) {
      open.decrementAndGet();
      return false;
    }
    connections.add(connection);
    if (!sweeping) {
      sweeping = true;
      ticker.alarm(SWEEP_NANOS, this::sweep);
    }
    return true;
  }

  private boolean closeLongestIdle() {
    for (HttpConnection connection : connections) {
      if (connection.isIdle()) {
        connection.close();
        return true;
      }
    }
    return false;
  }

  void remove(HttpConnection connection) {
    if (connections.remove(connection)) {
      open.decrementAndGet();
    }
  }

  private void sweep() {
    long now = ticker.nanos();
    List.copyOf(connections).forEach(connection -> connection.sweep(now));
    sweeping = !connections.isEmpty();
    if (sweeping) {
      ticker.alarm(SWEEP_NANOS, this::sweep);
    }
  }

  void drain() {
    List.copyOf(connections).forEach(HttpConnection::drain);
  }

  void close() {
    List.copyOf(connections).forEach(HttpConnection::close);
  }
}

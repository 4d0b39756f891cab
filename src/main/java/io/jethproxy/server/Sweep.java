package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks at each connection of an event loop twice a second for what waits too long; of thousands,
 * which costs more, within {@link #PERIOD_MILLIS_MAX}. Of many it takes a few at a time, evenly
 * over that time, so that what the loop has to send meanwhile is not held up by all of them.
 */
final class Sweep {

  /** Between two looks at the same connection, about; a little more while many leave. */
  static final long PERIOD_MILLIS_MAX = 1_000;

  private static final long PERIOD_MILLIS_MIN = 500;

  /** Looked at in one go. */
  private static final int AT_ONCE = 256;

  /** After each of them, unless there are too many. */
  private static final long PAUSE_MILLIS = 50;

  private final Ticker ticker;
  private final Set<ClientConnection> connections;
  private List<ClientConnection> round = List.of();
  private int next;
  private boolean going;

  /**
   * @param connections all of them, at any time
   */
  Sweep(Ticker ticker, Set<ClientConnection> connections) {
    this.ticker = ticker;
    this.connections = connections;
  }

  /** There are connections; goes on until there are none. */
  void start() {
    if (!going) {
      going = true;
      later(PERIOD_MILLIS_MIN);
    }
  }

  private void later(long millis) {
    ticker.alarm(TimeUnit.MILLISECONDS.toNanos(millis), this::go);
  }

  private void go() {
    if (next == round.size()) {
      round = List.copyOf(connections);
      next = 0;
    }
    going = !round.isEmpty();
    if (going) {
      long turns = Math.ceilDiv(round.size(), AT_ONCE);
      sweep(Math.min(round.size(), next + AT_ONCE));
      long period = Math.clamp(turns * PAUSE_MILLIS, PERIOD_MILLIS_MIN, PERIOD_MILLIS_MAX);
      later(Math.max(1, period / turns));
    }
  }

  private void sweep(int end) {
    long now = ticker.nanos();
    for (; next < end; next++) {
      ClientConnection connection = round.get(next);
      if (connections.contains(connection)) {
        connection.sweep(now);
      }
    }
  }
}

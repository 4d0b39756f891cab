package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one listener on one event loop, swept for what waits too long, and the
 * memory that they share. Used on that loop only, save where said otherwise.
 */
final class Connections {

  /** Nobody who is quicker is given up for others. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final AtomicInteger open;
  private final ByteBudget received;
  private final ByteBudget unsent;
  private final Compression compression;
  private final Stencil stencil = new Stencil();
  private final Set<ClientConnection> connections = new LinkedHashSet<>();
  private final Sweep sweep;

  /**
   * Those of which nobody waits for anything, the longest idle first. Never a WebSocket: nobody
   * knows what its client waits for.
   */
  private final LinkedHashSet<HttpConnection> idle = new LinkedHashSet<>();

  private volatile long longestIdleSinceNanos;
  private volatile boolean anyIdle;

  /** What the connections of a listener share over all loops: their number and their memory. */
  static final class Shared {
    final AtomicInteger open = new AtomicInteger();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong unsentBytes = new AtomicLong();
  }

  Connections(Ticker ticker, HttpLimits limits, Shared shared, Compression compression) {
    this.ticker = ticker;
    this.open = shared.open;
    this.compression = compression;
    this.sweep = new Sweep(ticker, connections);
    this.received =
        new ByteBudget(limits.receivedBytesMax(), shared.receivedBytes, this::giveUpSlowestBody);
    this.unsent =
        new ByteBudget(limits.unsentBytesMax(), shared.unsentBytes, this::giveUpSlowestReader);
  }

  ByteBudget received() {
    return received;
  }

  ByteBudget unsent() {
    return unsent;
  }

  Compression compression() {
    return compression;
  }

  Stencil stencil() {
    return stencil;
  }

  void add(ClientConnection connection) {
    open.incrementAndGet();
    connections.add(connection);
    sweep.start();
  }

  /** The one goes on as the other. */
  void replace(HttpConnection before, WebSocketConnection after) {
    connections.remove(before);
    connections.add(after);
    busy(before);
  }

  void remove(HttpConnection connection) {
    removeAny(connection);
    busy(connection);
  }

  void remove(WebSocketConnection connection) {
    removeAny(connection);
  }

  private void removeAny(ClientConnection connection) {
    if (connections.remove(connection)) {
      open.decrementAndGet();
    }
  }

  /** The connection is idle from now on. */
  void idle(HttpConnection connection) {
    idle.remove(connection);
    idle.addLast(connection);
    publish();
  }

  /** The connection is idle no more. */
  void busy(HttpConnection connection) {
    if (idle.remove(connection)) {
      publish();
    }
  }

  private void publish() {
    boolean any = !idle.isEmpty();
    if (any) {
      longestIdleSinceNanos = idle.getFirst().sinceNanos();
    }
    anyIdle = any;
  }

  /** Whether any connection seems idle; for any thread. */
  boolean isAnyIdle() {
    return anyIdle;
  }

  /** Since when the longest idle one seems idle, if any is; for any thread. */
  long longestIdleSinceNanos() {
    return longestIdleSinceNanos;
  }

  /** False when none is idle. */
  boolean closeLongestIdle() {
    if (idle.isEmpty()) {
      return false;
    }
    HttpConnection longest = idle.getFirst();
    busy(longest); // it leaves a little later: whoever needs room till then finds another
    longest.close();
    return true;
  }

  /** Memory is short: who has taken long to send a body loses it. */
  private boolean giveUpSlowestBody() {
    long now = ticker.nanos();
    ClientConnection slowest = slowest(connection -> connection.bodyNanos(now));
    if (slowest == null) {
      return false;
    }
    slowest.giveUpBody();
    return true;
  }

  /** Memory is short: who has not read for long loses the rest of the answer. */
  private boolean giveUpSlowestReader() {
    ClientConnection slowest = slowest(ClientConnection::stalledNanos);
    if (slowest == null) {
      return false;
    }
    slowest.giveUpAnswer();
    return true;
  }

  private @Nullable ClientConnection slowest(ToLongFunction<ClientConnection> nanos) {
    ClientConnection slowest = null;
    long longest = SLOW_NANOS;
    for (ClientConnection connection : connections) {
      long waited = nanos.applyAsLong(connection);
      if (waited >= longest) {
        slowest = connection;
        longest = waited;
      }
    }
    return slowest;
  }

  void drain() {
    List.copyOf(connections).forEach(ClientConnection::drain);
  }

  void close() {
    List.copyOf(connections).forEach(ClientConnection::close);
    compression.close();
    stencil.close();
  }
}

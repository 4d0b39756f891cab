package io.jethproxy.transport;

import io.jethproxy.call.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The addresses of one provider's host, looked up off the event loops and kept while they are
 * fresh. When a look-up fails, the old addresses stay in use.
 *
 * <p>Any thread may ask; one look-up runs at a time.
 */
final class Addresses {

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What was found last, and when it should be looked up again. */
  private record Found(List<InetSocketAddress> addresses, long staleAtNanos) {}

  private final String host;
  private final int port;
  private final Ticker ticker;
  private final Executor lookups;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final List<Waiter> waiters = new ArrayList<>();
  private volatile Found found;

  /** One who waits for the first answer. */
  @FunctionalInterface
  interface Waiter {
    /**
     * @param addresses what the host has; empty when the look-up failed
     */
    void found(List<InetSocketAddress> addresses);
  }

  Addresses(String host, int port, Ticker ticker, Executor lookups) {
    this.host = host;
    this.port = port;
    this.ticker = ticker;
    this.lookups = lookups;
    this.found = new Found(List.of(), ticker.nanos());
  }

  /**
   * Gives the known addresses at once, or those that a look-up finds, on the look-up's thread. At
   * most as many waiters as there are attempts under way.
   */
  void find(Waiter waiter) {
    Found now = found;
    boolean stale = ticker.nanos() - now.staleAtNanos >= 0;
    if (!now.addresses.isEmpty()) {
      if (stale) {
        lookUp();
      }
      waiter.found(now.addresses);
      return;
    }
    synchronized (waiters) {
      waiters.add(waiter);
    }
    lookUp();
  }

  private void lookUp() {
    if (looking.compareAndSet(false, true)) {
      lookups.execute(this::lookUpNow);
    }
  }

  private void lookUpNow() {
    Found before = found;
    try {
      List<InetSocketAddress> addresses =
          Arrays.stream(InetAddress.getAllByName(host))
              .map(address -> new InetSocketAddress(address, port))
              .toList();
      found = new Found(addresses, ticker.nanos() + FRESH_NANOS);
    } catch (UnknownHostException e) {
      found = new Found(before.addresses, ticker.nanos() + RETRY_NANOS);
    } finally {
      looking.set(false);
      List<Waiter> waiting;
      synchronized (waiters) {
        waiting = List.copyOf(waiters);
        waiters.clear();
      }
      List<InetSocketAddress> result = found.addresses;
      waiting.forEach(waiter -> waiter.found(result));
    }
  }
}

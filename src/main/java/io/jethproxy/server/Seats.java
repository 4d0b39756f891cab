package io.jethproxy.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the WebSockets of a listener, in all and by client address: who has a network of IPv6 has
 * a /64 at least, so that counts as one. For all threads; as large as there are WebSockets.
 */
final class Seats {

  private final int allMax;
  private final int perAddressMax;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<Object, Integer> byAddress = new ConcurrentHashMap<>();

  /** What became of the wish for a seat. */
  enum Taken {
    TAKEN,
    ALL_FULL,
    ADDRESS_FULL
  }

  Seats(int allMax, int perAddressMax) {
    this.allMax = allMax;
    this.perAddressMax = perAddressMax;
  }

  Taken take(SocketAddress client) {
    if (all.incrementAndGet() > allMax) {
      all.decrementAndGet();
      return Taken.ALL_FULL;
    }
    if (byAddress.merge(key(client), 1, Integer::sum) > perAddressMax) {
      leave(client);
      return Taken.ADDRESS_FULL;
    }
    return Taken.TAKEN;
  }

  /** Gives back a seat that was taken. */
  void leave(SocketAddress client) {
    all.decrementAndGet();
    byAddress.computeIfPresent(key(client), (_, count) -> count == 1 ? null : count - 1);
  }

  private static Object key(SocketAddress client) {
    if (!(client instanceof InetSocketAddress internet)) {
      return client;
    }
    InetAddress address = internet.getAddress();
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress()).getLong()
        : address;
  }
}

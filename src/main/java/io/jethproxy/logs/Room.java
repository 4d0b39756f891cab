package io.jethproxy.logs;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all searches together may have under way and hold. Each has one part under way
 * without asking; nothing waits here. For use by all loops.
 */
final class Room {

  private final int partsMax;
  private final long bytesMax;
  private final AtomicInteger parts = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param partsMax under way beyond the first of each search
   * @param bytesMax of answers that wait to be put together
   */
  Room(int partsMax, long bytesMax) {
    this.partsMax = partsMax;
    this.bytesMax = bytesMax;
  }

  boolean takePart() {
    if (parts.incrementAndGet() <= partsMax) {
      return true;
    }
    parts.decrementAndGet();
    return false;
  }

  void givePart() {
    parts.decrementAndGet();
  }

  boolean takeBytes(long more) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  void giveBytes(long less) {
    bytes.addAndGet(-less);
  }

  int parts() {
    return parts.get();
  }

  long bytes() {
    return bytes.get();
  }
}

package io.jethproxy.server;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Bounds the bytes that are held for one purpose by all connections of a listener; each event loop
 * has its own relief. Nothing waits: what does not fit is declined.
 */
final class ByteBudget {

  /** What is larger leaves a part of the budget to what is smaller. */
  private static final int SMALL_BYTES = 16 * 1024;

  private final long bytesMax;
  private final AtomicLong bytes;
  private final BooleanSupplier relief;

  /**
   * @param bytes what is taken now, on all loops
   * @param relief gives something back at once that somebody on this loop held too long; false when
   *     nobody did
   */
  ByteBudget(long bytesMax, AtomicLong bytes, BooleanSupplier relief) {
    this.bytesMax = bytesMax;
    this.bytes = bytes;
    this.relief = relief;
  }

  /** Takes so many bytes, or none if they do not fit. */
  boolean take(long more) {
    long most = more > SMALL_BYTES ? bytesMax - bytesMax / 4 : bytesMax;
    while (bytes.addAndGet(more) > most) {
      bytes.addAndGet(-more);
      if (!relief.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }

  void giveBack(long less) {
    if (less > 0) {
      bytes.addAndGet(-less);
    }
  }
}

package io.jethproxy.server;

import java.util.function.BooleanSupplier;

/**
 * Bounds the bytes that are held for one purpose by all connections of one event loop. Nothing
 * waits: what does not fit is declined. Used on that loop only.
 */
final class ByteBudget {

  /** What is larger leaves a part of the budget to what is smaller. */
  private static final int SMALL_BYTES = 16 * 1024;

  private final long bytesMax;
  private final BooleanSupplier relief;
  private long bytes;

  /**
   * @param relief gives something back at once that somebody held too long; false when nobody did
   */
  ByteBudget(long bytesMax, BooleanSupplier relief) {
    this.bytesMax = bytesMax;
    this.relief = relief;
  }

  /** Takes so many bytes, or none if they do not fit. */
  boolean take(long more) {
    long most = more > SMALL_BYTES ? bytesMax - bytesMax / 4 : bytesMax;
    while (bytes + more > most) {
      if (!relief.getAsBoolean()) {
        return false;
      }
    }
    bytes += more;
    return true;
  }

  void giveBack(long less) {
    bytes -= less;
  }
}

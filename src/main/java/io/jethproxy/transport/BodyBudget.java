package io.jethproxy.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of provider answers that are being received at one time, over all providers.
 * Beyond the bound an answer is given up as too large; nothing waits.
 */
public final class BodyBudget {

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param bytesMax more than the largest single answer that must pass
   */
  public BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  boolean take(long more) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  void giveBack(long less) {
    bytes.addAndGet(-less);
  }

  /** Bytes being received now. */
  public long bytes() {
    return bytes.get();
  }
}

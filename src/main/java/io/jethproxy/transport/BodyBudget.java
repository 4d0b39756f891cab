package io.jethproxy.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of provider answers that are being received at one time, over all providers.
 * Beyond the bound an answer is given up as too large; nothing waits. An answer that is complete
 * leaves it: what its client has not taken yet is bounded by the listener.
 */
public final class BodyBudget {

  /** Enough for many, and far from what would starve the rest. */
  private static final int PART_OF_HEAP = 4;

  /** While an answer grows, the old array and the new one are both there. */
  private static final int COPIES = 2;

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param bytesMax twice the largest single answer that must pass
   */
  public BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** A quarter of the heap. */
  public static BodyBudget ofHeap(long heapBytes) {
    return new BodyBudget(heapBytes / PART_OF_HEAP);
  }

  /** The largest answer that surely passes when it is alone: at most what is wanted. */
  public long answerBytesMax(long wanted) {
    return Math.min(wanted, bytesMax / COPIES);
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

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

  /** What one answer may take, since while it grows an older copy of it is still there. */
  private static final int PART_FOR_ONE = 3;

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param bytesMax at least the largest single answer that must pass
   */
  public BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** A quarter of the heap, or as much as one answer may have if that is more. */
  public static BodyBudget ofHeap(long heapBytes, long answerBytesMax) {
    return new BodyBudget(Math.max(heapBytes / PART_OF_HEAP, answerBytesMax));
  }

  /** The largest answer that a heap bears: a third of it, at most what is wanted. */
  public static long answerBytesMax(long heapBytes, long wanted) {
    return Math.min(wanted, heapBytes / PART_FOR_ONE);
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

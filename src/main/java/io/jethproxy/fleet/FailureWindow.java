package io.jethproxy.fleet;

/** Successes and failures of the last seconds, in ten slices. Guarded by its owner. */
final class FailureWindow {

  private static final int SLICES = 10;

  private final long sliceNanos;
  private final long originNanos;
  private final int[] succeeded = new int[SLICES];
  private final int[] failed = new int[SLICES];
  private long slice;

  /** The one method that failed; empty when there were several. */
  private String method = "";

  private boolean anyFailed;
  private long firstFailedNanos;

  FailureWindow(long lengthNanos, long nowNanos) {
    sliceNanos = Math.max(1, lengthNanos / SLICES);
    originNanos = nowNanos;
  }

  void succeeded(long nowNanos) {
    succeeded[index(nowNanos)]++;
  }

  void failed(String failing, long nowNanos) {
    int index = index(nowNanos);
    if (!anyFailed || sum(failed) == 0) {
      anyFailed = true;
      method = failing;
      firstFailedNanos = nowNanos;
    } else if (!method.equals(failing)) {
      method = "";
    }
    failed[index]++;
  }

  /** Whether at least {@code minimum} attempts ended and at least {@code share} of them failed. */
  boolean isBad(int minimum, double share, long nowNanos) {
    index(nowNanos);
    int failures = sum(failed);
    int all = failures + sum(succeeded);
    return all >= minimum && failures >= share * all;
  }

  /** Whether all failures since {@link #badSinceNanos()} were of this method. */
  boolean onlyFailed(String failing) {
    return method.equals(failing);
  }

  /** When the present series of slices with failures began. */
  long badSinceNanos() {
    return firstFailedNanos;
  }

  void clear() {
    java.util.Arrays.fill(succeeded, 0);
    java.util.Arrays.fill(failed, 0);
    anyFailed = false;
  }

  private int index(long nowNanos) {
    long now = (nowNanos - originNanos) / sliceNanos;
    for (long passed = Math.min(now - slice, SLICES); passed > 0; passed--) {
      int stale = (int) ((now - passed + 1) % SLICES);
      succeeded[stale] = 0;
      failed[stale] = 0;
    }
    slice = Math.max(slice, now);
    return (int) (slice % SLICES);
  }

  private static int sum(int[] counts) {
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }
}

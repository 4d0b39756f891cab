package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

/**
 * The recent 95th percentile of a latency, to within a fifth: a histogram of logarithmic buckets
 * whose counts halve when they are many. One writer, guarded by its owner; anybody may read.
 */
final class Percentile {

  private static final int BUCKETS = 80;
  private static final int PER_OCTAVE = 4;
  private static final double FIRST_NANOS = MICROSECONDS.toNanos(100);
  private static final int MINIMUM = 20;
  private static final int HALVE_AT = 1000;
  private static final int REFRESH_EVERY = 16;

  private final int[] counts = new int[BUCKETS];
  private int total;
  private int sinceRefresh;
  private volatile long p95Nanos = -1;

  void sample(long nanos) {
    counts[bucket(nanos)]++;
    total++;
    sinceRefresh++;
    if (total >= HALVE_AT) {
      halve();
    }
    if (sinceRefresh >= REFRESH_EVERY && total >= MINIMUM) {
      sinceRefresh = 0;
      p95Nanos = find();
    }
  }

  /** The percentile; negative before there were enough samples. */
  long p95Nanos() {
    return p95Nanos;
  }

  private long find() {
    int above = total / 20;
    int bucket = BUCKETS - 1;
    int seen = counts[bucket];
    while (seen <= above) {
      bucket--;
      seen += counts[bucket];
    }
    return (long) (FIRST_NANOS * Math.pow(2, (bucket + 1.0) / PER_OCTAVE));
  }

  private void halve() {
    total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] /= 2;
      total += counts[i];
    }
  }

  private static int bucket(long nanos) {
    double octaves = Math.log(Math.max(1, nanos / FIRST_NANOS)) / Math.log(2);
    return Math.min(BUCKETS - 1, (int) (octaves * PER_OCTAVE));
  }
}

package io.jethproxy.subscribe;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * How long blocks took from becoming part of the chain here until all who listen to a feed were
 * told, counted by bounds. From any thread.
 */
final class FanOut {

  private static final long[] BOUNDS_NANOS =
      LongStream.of(1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 250, 500, 1_000, 5_000)
          .map(TimeUnit.MILLISECONDS::toNanos)
          .toArray();

  private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_NANOS.length + 1);
  private final LongAdder sumNanos = new LongAdder();
  private final AtomicLong lastNanos = new AtomicLong();
  private final LongAccumulator worstNanos = new LongAccumulator(Math::max, 0);

  void add(long nanos) {
    int place = Arrays.binarySearch(BOUNDS_NANOS, nanos);
    counts.incrementAndGet(place < 0 ? -place - 1 : place);
    sumNanos.add(nanos);
    lastNanos.set(nanos);
    worstNanos.accumulate(nanos);
  }

  Numbers.FanOut numbers(String kind) {
    List<Long> each =
        LongStream.range(0, counts.length()).mapToObj(i -> counts.get((int) i)).toList();
    return new Numbers.FanOut(
        kind,
        LongStream.of(BOUNDS_NANOS).boxed().toList(),
        each,
        sumNanos.sum(),
        lastNanos.get(),
        worstNanos.get());
  }
}

package io.jethproxy.cache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** Counts by method what the cache did. As many rows as there are known methods, and one more. */
final class Usage {

  private static final String OTHER = "other";
  private static final NotCached[] REASONS = NotCached.values();

  private final Predicate<String> isKnown;
  private final Map<String, Row> rows = new ConcurrentHashMap<>();

  /**
   * @param isKnown whether a method's name may be a label
   */
  Usage(Predicate<String> isKnown) {
    this.isKnown = isKnown;
  }

  /** One method's figures. */
  static final class Row {
    final String label;
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder stored = new LongAdder();
    final LongAdder evicted = new LongAdder();
    final LongAdder bytes = new LongAdder();
    private final AtomicLongArray notCached = new AtomicLongArray(REASONS.length);

    private Row(String label) {
      this.label = label;
    }

    void not(NotCached why) {
      notCached.incrementAndGet(why.ordinal());
    }

    private Cache.MethodUsage read() {
      Map<String, Long> reasons = new LinkedHashMap<>();
      for (NotCached why : REASONS) {
        long count = notCached.get(why.ordinal());
        if (count > 0) {
          reasons.put(why.label(), count);
        }
      }
      return new Cache.MethodUsage(
          label, hits.sum(), misses.sum(), stored.sum(), evicted.sum(), bytes.sum(), reasons);
    }
  }

  Row of(String method) {
    Row row = rows.get(method);
    if (row != null) {
      return row;
    }
    String label = isKnown.test(method) ? method : OTHER;
    return rows.computeIfAbsent(label, Row::new);
  }

  List<Cache.MethodUsage> read() {
    return rows.values().stream()
        .map(Row::read)
        .sorted((one, other) -> one.method().compareTo(other.method()))
        .toList();
  }
}

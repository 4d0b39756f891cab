package io.jethproxy.observe;

import io.jethproxy.cache.Cache;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What was kept, shared and remembered of answers, at each scrape. */
final class CacheGauges implements MultiCollector {

  private final Supplier<Readings> readings;

  CacheGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Readings now = readings.get();
    Stream<Family> own =
        Stream.of(
            Family.gauge("jeth_own_transactions", "Published transactions that are remembered")
                .add(now.ownTransactions()));
    return Family.snapshots(
        Stream.of(
                own,
                now.cache().stream().flatMap(CacheGauges::cache),
                now.coalescing().stream().flatMap(CacheGauges::coalescing))
            .flatMap(families -> families));
  }

  private static Stream<Family> cache(Readings.Caching cache) {
    Family hits = Family.counter("jeth_cache_hits", "Calls that the cache answered");
    Family misses =
        Family.counter("jeth_cache_misses", "Calls for which the cache had no answer that holds");
    Family stores = Family.counter("jeth_cache_stores", "Answers that were kept");
    Family evictions = Family.counter("jeth_cache_evictions", "Answers that made room for others");
    Family bytes = Family.gauge("jeth_cache_bytes", "Memory that the kept answers take");
    Family not =
        Family.counter("jeth_cache_not_cached", "Answers not kept, or not looked for, by reason");
    for (Cache.MethodUsage usage : cache.methods()) {
      hits.add(usage.hits(), "method", usage.method());
      misses.add(usage.misses(), "method", usage.method());
      stores.add(usage.stored(), "method", usage.method());
      evictions.add(usage.evicted(), "method", usage.method());
      bytes.add(usage.bytes(), "method", usage.method());
      usage
          .notCached()
          .forEach((reason, count) -> not.add(count, "method", usage.method(), "reason", reason));
    }
    return Stream.of(
        hits,
        misses,
        stores,
        evictions,
        bytes,
        not,
        Family.gauge("jeth_cache_entries", "Answers that are kept").add(cache.entries()),
        Family.gauge("jeth_cache_bytes_max", "Memory that kept answers may take")
            .add(cache.bytesMax()));
  }

  private static Stream<Family> coalescing(Readings.Coalescing coalescing) {
    return Stream.of(
        Family.counter("jeth_coalesced_calls", "Calls by their part in a shared trip")
            .add(coalescing.counts().trips(), "role", "leader")
            .add(coalescing.counts().joined(), "role", "waiter")
            .add(coalescing.counts().alone(), "role", "alone"),
        Family.counter("jeth_coalesce_retries", "Trips for those whom an earlier one did not serve")
            .add(coalescing.counts().again()),
        Family.gauge("jeth_coalesce_trips", "Trips under way that others may join")
            .add(coalescing.tripsNow()));
  }
}

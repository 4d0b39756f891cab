package io.jethproxy.server;

import io.jethproxy.cache.Cache;
import io.jethproxy.cache.Coalesce;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the status page says of answers that were kept and shared. */
final class CacheStatus {

  private CacheStatus() {}

  static Map<String, Object> of(Cache cache) {
    List<Cache.MethodUsage> methods = cache.usage();
    long hits = methods.stream().mapToLong(Cache.MethodUsage::hits).sum();
    long misses = methods.stream().mapToLong(Cache.MethodUsage::misses).sum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bytes", cache.bytes());
    json.put("bytesMax", cache.bytesMax());
    json.put("entries", cache.entries());
    json.put("hits", hits);
    json.put("misses", misses);
    json.put("hitRatio", ratio(hits, misses));
    Map<String, Object> byMethod = new LinkedHashMap<>();
    methods.forEach(usage -> byMethod.put(usage.method(), method(usage)));
    json.put("methods", byMethod);
    return json;
  }

  private static Map<String, Object> method(Cache.MethodUsage usage) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("hits", usage.hits());
    json.put("misses", usage.misses());
    json.put("hitRatio", ratio(usage.hits(), usage.misses()));
    json.put("stored", usage.stored());
    json.put("evicted", usage.evicted());
    json.put("bytes", usage.bytes());
    json.put("notCached", new TreeMap<>(usage.notCached()));
    return json;
  }

  /** Of the calls that looked for an answer; 0 before the first. */
  private static double ratio(long hits, long misses) {
    long looked = hits + misses;
    return looked == 0 ? 0 : Math.round(1_000.0 * hits / looked) / 1_000.0;
  }

  static Map<String, Object> of(Coalesce coalesce) {
    Coalesce.Counts counts = coalesce.counts();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("leaders", counts.trips());
    json.put("waiters", counts.joined());
    json.put("again", counts.again());
    json.put("alone", counts.alone());
    json.put("tripsNow", coalesce.trips());
    return json;
  }
}

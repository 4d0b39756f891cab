package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MINUTES;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.DataFile;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How many blocks each provider takes in one question for logs: what its vendor is known to take at
 * most ({@code log-ranges.json}), and what it has shown itself since.
 *
 * <p>A refusal of the range holds for all filters, a refusal of the number of results for that very
 * filter only ({@link io.jethproxy.eth.LogFilter#key}): what is busy says nothing of others. Either
 * lowers the limit to what the provider named, or to half of what it refused; hints have been seen
 * to be wrong. A limit doubles again with time, slowly where a plan stands behind it, faster where
 * only a busy stretch of the chain does; an answer to more than the limit raises it at once.
 *
 * <p>Guarded by its own lock, which nothing is done under but look-ups; at most {@value
 * #PROVIDERS_MAX} providers with {@value #FILTERS_MAX} filters each, of which the one longest
 * without use is forgotten.
 */
public final class RangeLimits {

  /** Of a provider of which nothing is known. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  static final int PROVIDERS_MAX = 1_024;

  static final int FILTERS_MAX = 128;

  private static final long RANGE_DOUBLES_NANOS = HOURS.toNanos(1);
  private static final long RESULTS_DOUBLE_NANOS = MINUTES.toNanos(2);

  /** A limit that has doubled beyond this is none. */
  private static final long BLOCKS_MAX = 1L << 40;

  /**
   * What was learned of one limit.
   *
   * @param blocks at most, when it was learned
   */
  private record Learned(long blocks, long sinceNanos, long doublesNanos) {

    long now(long nowNanos) {
      long doublings = (nowNanos - sinceNanos) / doublesNanos;
      return doublings >= Long.numberOfLeadingZeros(blocks) - 24
          ? UNLIMITED
          : Math.min(BLOCKS_MAX, blocks << doublings);
    }
  }

  /** What was learned of one provider. */
  private static final class Known {
    @Nullable Learned range;
    final Map<Hash, Learned> results = new LinkedHashMap<>(16, 0.75f, true);
  }

  private final Ticker ticker;
  private final Map<String, Long> byVendor = new HashMap<>();
  private final Map<String, Known> byProvider = new LinkedHashMap<>(16, 0.75f, true);

  public RangeLimits(Ticker ticker) {
    this.ticker = ticker;
    for (JsonNode row : DataFile.rows(RangeLimits.class, "log-ranges.json")) {
      byVendor.put(row.required("vendor").asString(), row.required("blocks").asLong());
    }
  }

  /** The widest range that any provider which may be asked now is thought to take; at least 1. */
  public long blocksMax(Fleet fleet, MethodSpec method) {
    return most(fleet, method, this::blocksMax);
  }

  /**
   * The most blocks of which any provider which may be asked now is thought to give all logs of a
   * filter; at least 1.
   */
  public long blocksMax(Fleet fleet, MethodSpec method, Hash filter) {
    return most(fleet, method, identity -> blocksMax(identity, filter));
  }

  private static long most(Fleet fleet, MethodSpec method, ToLongFunction<Identity> blocksMax) {
    long most = 0;
    for (Provider provider : fleet.providers()) {
      if (!provider.identity().privateSends() && !provider.standing(method).isOut()) {
        most = Math.max(most, blocksMax.applyAsLong(provider.identity()));
      }
    }
    return most == 0 ? UNLIMITED : most;
  }

  /** The widest range that a provider is thought to take; at least 1. */
  public long blocksMax(Identity provider) {
    long ofVendor = byVendor.getOrDefault(provider.vendor(), UNLIMITED);
    synchronized (this) {
      Known known = byProvider.get(provider.id());
      return known == null ? ofVendor : Math.min(ofVendor, now(known.range, ticker.nanos()));
    }
  }

  /** The most blocks of which a provider is thought to give all logs of a filter; at least 1. */
  public long blocksMax(Identity provider, Hash filter) {
    long range = blocksMax(provider);
    synchronized (this) {
      Known known = byProvider.get(provider.id());
      return known == null
          ? range
          : Math.min(range, now(known.results.get(filter), ticker.nanos()));
    }
  }

  /** Whether the provider has found the logs of any filter too many. */
  public synchronized boolean knowsFilters(String provider) {
    Known known = byProvider.get(provider);
    return known != null && !known.results.isEmpty();
  }

  /** The provider has answered for so many blocks. */
  public synchronized void served(String provider, long blocks) {
    Known known = byProvider.get(provider);
    if (known != null && known.range != null && blocks > known.range.blocks()) {
      known.range = new Learned(blocks, ticker.nanos(), known.range.doublesNanos());
    }
  }

  /** The provider has given all logs of a filter in so many blocks. */
  public synchronized void served(String provider, Hash filter, long blocks) {
    Known known = byProvider.get(provider);
    if (known != null) {
      known.results.computeIfPresent(
          filter,
          (_, was) ->
              blocks > was.blocks()
                  ? new Learned(blocks, ticker.nanos(), was.doublesNanos())
                  : was);
    }
  }

  /**
   * The provider does not take so many blocks.
   *
   * @param hinted how many it says that it takes
   */
  public synchronized void refusedRange(String provider, long blocks, OptionalLong hinted) {
    Known known = known(provider);
    known.range = lowered(known.range, blocks, hinted, RANGE_DOUBLES_NANOS);
  }

  /**
   * The logs of a filter in so many blocks are too many for the provider.
   *
   * @param hinted for how many it says that they would not be
   */
  public synchronized void refusedResults(
      String provider, Hash filter, long blocks, OptionalLong hinted) {
    Map<Hash, Learned> results = known(provider).results;
    results.put(filter, lowered(results.get(filter), blocks, hinted, RESULTS_DOUBLE_NANOS));
    if (results.size() > FILTERS_MAX) {
      results.remove(results.keySet().iterator().next());
    }
  }

  private Learned lowered(
      @Nullable Learned was, long blocks, OptionalLong hinted, long doublesNanos) {
    long now = ticker.nanos();
    long hint = hinted.orElse(0);
    long target = hint > 0 && hint < blocks ? hint : Math.max(1, blocks / 2);
    return new Learned(Math.min(target, now(was, now)), now, doublesNanos);
  }

  private static long now(@Nullable Learned learned, long nowNanos) {
    return learned == null ? UNLIMITED : learned.now(nowNanos);
  }

  private Known known(String provider) {
    Known known = byProvider.computeIfAbsent(provider, _ -> new Known());
    if (byProvider.size() > PROVIDERS_MAX) {
      byProvider.remove(byProvider.keySet().iterator().next());
    }
    return known;
  }
}

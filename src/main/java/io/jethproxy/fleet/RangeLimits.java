package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MINUTES;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.DataFile;
import io.jethproxy.eth.MethodSpec;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How many blocks each provider takes in one question for logs: what its vendor is known to take at
 * most ({@code log-ranges.json}), and what it has shown itself since.
 *
 * <p>A refusal of the range holds for all filters, a refusal of the number of results for filters
 * of the same {@link Density} only. Either lowers the limit to what the provider named, or to half
 * of what it refused; hints have been seen to be wrong. A limit doubles again with time, slowly
 * where a plan stands behind it, faster where only a busy stretch of the chain does; an answer to
 * more than the limit raises it at once.
 *
 * <p>Guarded by its own lock, which nothing is done under but look-ups; at most {@value
 * #PROVIDERS_MAX} providers, of which the one longest without use is forgotten.
 */
public final class RangeLimits {

  /** Of a provider of which nothing is known. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  static final int PROVIDERS_MAX = 1_024;

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
    final Map<Density, Learned> results = new EnumMap<>(Density.class);
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

  /** The most blocks that any provider which may be asked now is thought to take; at least 1. */
  public long blocksMax(Fleet fleet, MethodSpec method, Density density) {
    long most = 0;
    for (Provider provider : fleet.providers()) {
      if (!provider.identity().privateSends() && !provider.standing(method).isOut()) {
        most = Math.max(most, blocksMax(provider.identity(), density));
      }
    }
    return most == 0 ? UNLIMITED : most;
  }

  /** The most blocks that a provider is thought to take; at least 1. */
  public long blocksMax(Identity provider, Density density) {
    long ofVendor = byVendor.getOrDefault(provider.vendor(), UNLIMITED);
    synchronized (this) {
      Known known = byProvider.get(provider.id());
      if (known == null) {
        return ofVendor;
      }
      long now = ticker.nanos();
      long results = now(known.results.get(density), now);
      return Math.min(ofVendor, Math.min(results, now(known.range, now)));
    }
  }

  /** The provider has answered for so many blocks. */
  public synchronized void served(String provider, Density density, long blocks) {
    Known known = byProvider.get(provider);
    if (known == null) {
      return;
    }
    Learned range = known.range;
    if (range != null && blocks > range.blocks()) {
      known.range = new Learned(blocks, ticker.nanos(), range.doublesNanos());
    }
    known.results.computeIfPresent(
        density,
        (_, was) ->
            blocks > was.blocks() ? new Learned(blocks, ticker.nanos(), was.doublesNanos()) : was);
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
   * The logs of so many blocks are too many for the provider.
   *
   * @param hinted for how many it says that they would not be
   */
  public synchronized void refusedResults(
      String provider, Density density, long blocks, OptionalLong hinted) {
    Map<Density, Learned> results = known(provider).results;
    results.put(density, lowered(results.get(density), blocks, hinted, RESULTS_DOUBLE_NANOS));
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

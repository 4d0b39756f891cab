package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;

import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far back each provider reaches, learned from its answers, so that one which has thrown the
 * past away is not asked for it again, and goes on serving the present.
 *
 * <p>For each kind of {@link Past} there is a floor: blocks below it are not asked for. A provider
 * that says that a block's data are pruned raises it above that block; one that serves a block
 * below it lowers it again. Where providers keep a number of blocks below the head, the floor goes
 * up with it. What is missing near the head is late, not thrown away, and raises nothing. A floor
 * is forgotten after an hour, so that a provider which has filled its past, or of which one of many
 * machines had spoken, is tried again.
 *
 * <p>Guarded by its own lock, which nothing is done under but look-ups; at most {@value
 * #PROVIDERS_MAX} providers, of which the one longest without use is forgotten.
 */
public final class Holdings {

  static final int PROVIDERS_MAX = 1_024;

  /** Blocks below the head in which what is missing may still come. */
  public static final long LATE_BLOCKS = 64;

  private static final long KEPT_NANOS = HOURS.toNanos(1);

  /**
   * What one provider lacks.
   *
   * @param number the lowest block that may be there
   * @param head the newest block when that was learned; negative when it was not known
   * @param sinceNanos when that was learned
   */
  private record Floor(long number, long head, long sinceNanos) {

    long number(Past past, long headNow) {
      return past.isWindow() && head >= 0 ? number + Math.max(0, headNow - head) : number;
    }
  }

  private final Ticker ticker;
  private final Map<String, Map<Past, Floor>> byProvider = new LinkedHashMap<>(16, 0.75f, true);

  public Holdings(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * False when the provider is known to have thrown away what answering for a block takes.
   *
   * @param head number of the provider's newest block; negative when not known
   */
  public synchronized boolean mayHold(String provider, Past past, long number, long head) {
    Map<Past, Floor> floors = byProvider.get(provider);
    Floor floor = floors == null ? null : floors.get(past);
    return floor == null || number >= floor.number(past, head) || isOld(floor);
  }

  /**
   * The provider has answered for a block.
   *
   * @param head number of the provider's newest block; negative when not known
   */
  public synchronized void served(String provider, Past past, long number, long head) {
    Map<Past, Floor> floors = byProvider.get(provider);
    Floor floor = floors == null ? null : floors.get(past);
    if (floors != null && floor != null && number < floor.number(past, head)) {
      floors.put(past, new Floor(number, head, floor.sinceNanos()));
    }
  }

  /**
   * The provider could not answer for some blocks; counts when the trouble says that it has not got
   * the oldest of them. What is missing of a range may be its end as well as its beginning.
   *
   * @param number of the oldest block
   * @param newest number of the newest block; negative when not known
   * @param head number of the newest block; negative when not known
   */
  public synchronized void failed(
      String provider, Past past, long number, long newest, Trouble trouble, long head) {
    boolean isGone =
        trouble == Trouble.PRUNED
            ? head < 0 || number < head
            : trouble == Trouble.MISSING_DATA && newest >= 0 && newest < head - LATE_BLOCKS;
    if (!isGone) {
      return;
    }
    Map<Past, Floor> floors = byProvider.computeIfAbsent(provider, _ -> new EnumMap<>(Past.class));
    Floor floor = floors.get(past);
    if (floor == null || number >= floor.number(past, head) || isOld(floor)) {
      floors.put(past, new Floor(number + 1, head, ticker.nanos()));
    }
    if (byProvider.size() > PROVIDERS_MAX) {
      byProvider.remove(byProvider.keySet().iterator().next());
    }
  }

  /**
   * The lowest block that might be asked of a provider when that was learned, where that is not the
   * first one.
   */
  public synchronized Map<Past, Long> floors(String provider) {
    Map<Past, Long> floors = new EnumMap<>(Past.class);
    byProvider
        .getOrDefault(provider, Map.of())
        .forEach((past, floor) -> {
          if (!isOld(floor)) {
            floors.put(past, floor.number());
          }
        });
    return floors;
  }

  private boolean isOld(Floor floor) {
    return ticker.nanos() - floor.sinceNanos() >= KEPT_NANOS;
  }
}

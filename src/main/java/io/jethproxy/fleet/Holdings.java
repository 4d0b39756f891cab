package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;

import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far back each provider reaches, learned from surveys and from its answers, so that one which
 * has thrown the past away is not asked for it again, and goes on serving the present.
 *
 * <p>For each kind of {@link Past} there is a floor: blocks below it are not asked for. A survey
 * finds it; later a provider that says that a block's data are pruned raises it above that block,
 * and one that serves a block below it lowers it again. Where providers keep a number of blocks
 * below the head, the floor goes up with it. What is missing near the head is late, not thrown
 * away, and raises nothing. What a survey found is forgotten after {@link #FOUND_HOURS}, what was
 * learned from answers alone after an hour, so that a provider which has filled its past, or of
 * which one of many machines had spoken, is tried again. An answer that contradicts what a survey
 * found leaves the provider in doubt, until the next survey begins.
 *
 * <p>Guarded by its own lock, which nothing is done under but look-ups; at most {@value
 * #PROVIDERS_MAX} providers, of which the one longest without use is forgotten.
 */
public final class Holdings {

  static final int PROVIDERS_MAX = 1_024;

  /** Blocks below the head in which what is missing may still come. */
  public static final long LATE_BLOCKS = 64;

  /** How long it counts what a survey found: until the next two should have found it again. */
  public static final int FOUND_HOURS = 16;

  private static final long FOUND_NANOS = HOURS.toNanos(FOUND_HOURS);
  private static final long KEPT_NANOS = HOURS.toNanos(1);
  private static final long NOT_SEEN = -1;

  /**
   * What one provider lacks.
   *
   * @param number the lowest block that may be there; 0 when there is nothing that it lacks
   * @param seen the lowest block that a survey saw; negative when none did
   * @param head the newest block when that was learned; negative when it was not known
   * @param untilNanos when that is forgotten
   */
  private record Floor(long number, long seen, long head, long untilNanos) {

    long number(Past past, long headNow) {
      return raised(number, past, headNow);
    }

    long seen(Past past, long headNow) {
      return seen < 0 ? NOT_SEEN : raised(seen, past, headNow);
    }

    private long raised(long block, Past past, long headNow) {
      boolean moves = number > 0 && past.isWindow() && head >= 0;
      return moves ? block + Math.max(0, headNow - head) : block;
    }
  }

  /** What is known of one provider. */
  private static final class Known {
    final Map<Past, Floor> floors = new EnumMap<>(Past.class);
    boolean doubted;
  }

  private final Ticker ticker;
  private final Map<String, Known> byProvider = new LinkedHashMap<>(16, 0.75f, true);

  public Holdings(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * False when the provider is known to have thrown away what answering for a block takes.
   *
   * @param head number of the provider's newest block; negative when not known
   */
  public synchronized boolean mayHold(String provider, Past past, long number, long head) {
    Floor floor = floor(provider, past);
    return floor == null || number >= floor.number(past, head);
  }

  /**
   * The provider has answered for a block.
   *
   * @param head number of the provider's newest block; negative when not known
   */
  public synchronized void served(String provider, Past past, long number, long head) {
    Floor floor = floor(provider, past);
    if (floor != null && number < floor.number(past, head)) {
      Known known = known(provider);
      known.doubted |= floor.seen() >= 0;
      long seen = floor.seen() >= 0 ? number : NOT_SEEN;
      known.floors.put(past, new Floor(number, seen, head, floor.untilNanos()));
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
    Floor floor = floor(provider, past);
    long until = ticker.nanos() + KEPT_NANOS;
    if (floor == null) {
      known(provider).floors.put(past, new Floor(number + 1, NOT_SEEN, head, until));
    } else if (number >= floor.number(past, head)) {
      long seen = floor.seen(past, head);
      boolean isContradicted = seen >= 0 && number >= seen;
      Known known = known(provider);
      known.doubted |= isContradicted;
      boolean livesOn = !isContradicted && floor.untilNanos() - until > 0;
      long later = livesOn ? floor.untilNanos() : until;
      known.floors.put(past, new Floor(number + 1, isContradicted ? NOT_SEEN : seen, head, later));
    }
  }

  /**
   * A survey found how far the provider reaches.
   *
   * @param number the lowest block that may be there; 0 for all of them
   * @param seen the lowest block that was seen to be there, or taken to be
   * @param head number of the provider's newest block at the time
   */
  public synchronized void found(String provider, Past past, long number, long seen, long head) {
    long until = ticker.nanos() + FOUND_NANOS;
    known(provider).floors.put(past, new Floor(number, seen, head, until));
  }

  /** Whether an answer has contradicted what a survey found, since the last one began. */
  public synchronized boolean isDoubted(String provider) {
    Known known = byProvider.get(provider);
    return known != null && known.doubted;
  }

  /** A survey begins. */
  public synchronized void surveyed(String provider) {
    known(provider).doubted = false;
  }

  /**
   * The lowest block that might be asked of a provider when that was learned; 0 when a survey found
   * that it has the first ones, and nothing where nothing is known.
   */
  public synchronized Map<Past, Long> floors(String provider) {
    Map<Past, Long> floors = new EnumMap<>(Past.class);
    Known known = byProvider.get(provider);
    if (known != null) {
      known.floors.forEach((past, floor) -> {
        if (!isOld(floor)) {
          floors.put(past, floor.number());
        }
      });
    }
    return floors;
  }

  private @Nullable Floor floor(String provider, Past past) {
    Known known = byProvider.get(provider);
    Floor floor = known == null ? null : known.floors.get(past);
    return floor == null || isOld(floor) ? null : floor;
  }

  private Known known(String provider) {
    Known known = byProvider.computeIfAbsent(provider, _ -> new Known());
    if (byProvider.size() > PROVIDERS_MAX) {
      byProvider.remove(byProvider.keySet().iterator().next());
    }
    return known;
  }

  private boolean isOld(Floor floor) {
    return ticker.nanos() - floor.untilNanos() >= 0;
  }
}

package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.jethproxy.eth.MethodSpec;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.Standing;
import io.jethproxy.fleet.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The providers that one call may still be given to, best first, each at most once. Belongs to the
 * call's own loop; not thread-safe.
 *
 * <p>In the first tier in which anybody is ready, two are drawn and the cheaper one is taken
 * ("power of two choices": Mitzenmacher 2001): the best of all would get everybody's traffic at
 * once. The cheaper one is likelier rather than certain, by the cube of the costs' ratio, so that
 * noise in the costs of equals does not starve one of them, and a slow one is heard of again. A
 * provider on probation gets one call in ten. When nobody is ready, those on probation are asked,
 * then those which are out on mere suspicion.
 */
final class Candidates {

  /** Whether a provider suits the call, for reasons that its standing does not know. */
  @FunctionalInterface
  interface Suitability {
    /** Everyone suits. */
    Suitability ALL = _ -> Optional.empty();

    /** Why the provider is not to be asked; empty when it may be. */
    Optional<Objection> objection(Provider provider);
  }

  private static final List<Tier> TIERS = List.of(Tier.values());
  private static final Tier LAST_TIER = TIERS.getLast();
  private static final double TRICKLE_SHARE = 0.1;
  private static final long READY_WAIT_MILLIS = 1_000;

  private final Fleet fleet;
  private final MethodSpec method;
  private final Suitability suitability;
  private final RandomGenerator random;
  private long tried;

  /**
   * Candidates for one call.
   *
   * @param random must bear use by several loops, as {@link io.jethproxy.fleet.Dice} does
   */
  Candidates(Fleet fleet, MethodSpec method, Suitability suitability, RandomGenerator random) {
    this.fleet = fleet;
    this.method = method;
    this.suitability = suitability;
    this.random = random;
  }

  /** The next provider to ask, which then counts as tried; empty when there is none. */
  Optional<Provider> next() {
    return give(choose());
  }

  /**
   * The next provider among those that are ready, for an attempt that nobody needs yet, such as a
   * hedge: what is left for those on probation or out belongs to calls without any other hope.
   */
  Optional<Provider> nextReady() {
    long ready = survey().ready();
    return give(ready == 0 ? -1 : cheaper(ready));
  }

  /** Whether somebody is left who has only too many calls at the moment. */
  boolean isAnyFull() {
    for (int i = 0; i < fleet.providers().size(); i++) {
      Provider provider = fleet.providers().get(i);
      if (!isTried(i)
          && suitability.objection(provider).isEmpty()
          && provider.standing(method).reason() == Reason.BUSY) {
        return true;
      }
    }
    return false;
  }

  /** The provider was not asked after all. */
  void putBack(Provider provider) {
    tried &= ~(1L << fleet.providers().indexOf(provider));
  }

  private Optional<Provider> give(int index) {
    if (index < 0) {
      return Optional.empty();
    }
    tried |= 1L << index;
    return Optional.of(fleet.providers().get(index));
  }

  /** The providers that were not tried, in the order of the fleet, with why they would not be. */
  List<Skipped> skipped() {
    List<Skipped> skipped = new ArrayList<>();
    for (int i = 0; i < fleet.providers().size(); i++) {
      Provider provider = fleet.providers().get(i);
      if (!isTried(i)) {
        skipped.add(
            suitability
                .objection(provider)
                .map(objection -> Skipped.of(provider.id(), objection))
                .orElseGet(() -> Skipped.of(provider.id(), provider.standing(method).reason())));
      }
    }
    return skipped;
  }

  /**
   * When another try of the same call makes sense, in milliseconds, at least 1: the smallest wait
   * of the suitable providers; negative when no clock knows.
   */
  long waitMillis() {
    long least = Standing.UNKNOWN;
    for (Provider provider : fleet.providers()) {
      if (suitability.objection(provider).isEmpty()) {
        Standing standing = provider.standing(method);
        least = Math.min(least, standing.isOut() ? millis(standing) : READY_WAIT_MILLIS);
      }
    }
    return least == Standing.UNKNOWN ? -1 : least;
  }

  /**
   * Those left, as sets of bits.
   *
   * @param readyTier the first tier with anybody ready
   * @param ready those of that tier that are
   * @param trickle all that are on probation
   * @param suspected all that are out, but not for certain
   */
  private record Survey(Tier readyTier, long ready, long trickle, long suspected) {}

  private Survey survey() {
    long ready = 0;
    long trickle = 0;
    long suspected = 0;
    Tier readyTier = LAST_TIER;
    List<Provider> providers = fleet.providers();
    for (int i = 0; i < providers.size(); i++) {
      Provider provider = providers.get(i);
      if (isTried(i) || suitability.objection(provider).isPresent()) {
        continue;
      }
      Standing standing = provider.standing(method);
      switch (standing.use()) {
        case READY -> {
          int order = provider.identity().tier().compareTo(readyTier);
          if (order < 0) {
            readyTier = provider.identity().tier();
            ready = 0;
          }
          if (order <= 0) {
            ready |= 1L << i;
          }
        }
        case TRICKLE -> trickle |= 1L << i;
        case OUT -> {
          if (standing.yields()) {
            suspected |= 1L << i;
          }
        }
      }
    }
    return new Survey(readyTier, ready, trickle, suspected);
  }

  private int choose() {
    Survey left = survey();
    if (left.ready() == 0) {
      return left.trickle() != 0 ? draw(firstTier(left.trickle())) : lastResort(left.suspected());
    }
    // A call that already failed once deserves a provider that is known to be well.
    if (left.trickle() != 0 && tried == 0 && random.nextDouble() < TRICKLE_SHARE) {
      int onProbation = draw(upTo(left.readyTier(), left.trickle()));
      return onProbation >= 0 ? onProbation : cheaper(left.ready());
    }
    return cheaper(left.ready());
  }

  /** One of two, by cost. */
  private int cheaper(long set) {
    int one = draw(set);
    int other = draw(set & ~(1L << one));
    if (other < 0) {
      return one;
    }
    double oneScore = score(one);
    double otherScore = score(other);
    return random.nextDouble() * (oneScore + otherScore) < oneScore ? one : other;
  }

  private double score(int index) {
    Provider provider = fleet.providers().get(index);
    double cost = provider.cost(method);
    return provider.share() / (cost * cost * cost);
  }

  /** A provider that is out on suspicion and still may be asked; the soonest back first. */
  private int lastResort(long set) {
    long left = set;
    while (left != 0) {
      int soonest = soonest(left);
      if (fleet.providers().get(soonest).takeLastResort(method)) {
        return soonest;
      }
      left &= ~(1L << soonest);
    }
    return -1;
  }

  private int soonest(long set) {
    int best = -1;
    long bestWait = Standing.UNKNOWN;
    for (long left = set; left != 0; left &= left - 1) {
      int index = Long.numberOfTrailingZeros(left);
      long wait = fleet.providers().get(index).standing(method).waitNanos();
      if (best < 0 || wait < bestWait) {
        best = index;
        bestWait = wait;
      }
    }
    return best;
  }

  /** A random member; -1 when the set is empty. */
  private int draw(long set) {
    if (set == 0) {
      return -1;
    }
    int skip = random.nextInt(Long.bitCount(set));
    long left = set;
    for (; skip > 0; skip--) {
      left &= left - 1;
    }
    return Long.numberOfTrailingZeros(left);
  }

  private long upTo(Tier tier, long set) {
    long kept = 0;
    for (long left = set; left != 0; left &= left - 1) {
      int index = Long.numberOfTrailingZeros(left);
      if (fleet.providers().get(index).identity().tier().compareTo(tier) <= 0) {
        kept |= 1L << index;
      }
    }
    return kept;
  }

  private long firstTier(long set) {
    for (Tier tier : TIERS) {
      long kept = upTo(tier, set);
      if (kept != 0) {
        return kept;
      }
    }
    return 0;
  }

  private boolean isTried(int index) {
    return (tried & 1L << index) != 0;
  }

  private static long millis(Standing standing) {
    return standing.waitNanos() == Standing.UNKNOWN
        ? Standing.UNKNOWN
        : Math.max(1, NANOSECONDS.toMillis(standing.waitNanos()));
  }
}

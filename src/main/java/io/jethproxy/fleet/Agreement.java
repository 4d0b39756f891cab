package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.eth.Network;
import java.util.Arrays;
import java.util.List;

/**
 * The head that may be served: the highest number that two of the providers asked lately have
 * reached, or the only one when there is only one. One that stands still while another goes on does
 * not hold the head back, nor does one that cannot be reached.
 *
 * <p>A number that goes back, or that is further ahead than the chain can have grown, is not
 * believed at once, but after three polls in which those that decide showed nothing else: so
 * neither one absurd answer nor a real jump after a long sleep does lasting harm.
 */
final class Agreement {

  private static final int CONFIRMATIONS = 3;

  /** All that answer are asked more often than this, however slow the chain. */
  private static final long FRESH_NANOS = SECONDS.toNanos(15);

  private static final int STUCK_BLOCKS = 3;
  private static final long STUCK_NANOS_MIN = SECONDS.toNanos(2);

  /** A chain may miss some blocks in a row; when it misses so many, it halts. */
  private static final int STALLED_BLOCKS = 10;

  private static final long STALLED_NANOS_MIN = SECONDS.toNanos(30);

  private final List<Provider> providers;
  private final Growth growth;

  private volatile long number = -1;
  private volatile long acceptedNanos;
  private volatile int doubts;

  /** Not before that is it known since when the agreed head is the newest. */
  private boolean hasGrown;

  /** By provider, its last poll that counts among the doubts. */
  private final int[] doubtedPolls;

  Agreement(Network network, List<Provider> providers) {
    this.providers = providers;
    growth = new Growth(network);
    doubtedPolls = new int[providers.size()];
  }

  /** The agreed head; -1 while no head is known. */
  long head(long nowNanos) {
    int decider = decider(nowNanos);
    if (decider < 0) {
      return number;
    }
    HeadSeen seen = providers.get(decider).headSeen();
    if (seen.number() == number) {
      if (doubts > 0) {
        dispelDoubts();
      }
      return number;
    }
    return propose(decider, seen, nowNanos);
  }

  private synchronized long propose(int decider, HeadSeen seen, long nowNanos) {
    long proposed = seen.number();
    if (number < 0) {
      return accept(proposed, nowNanos);
    }
    if (proposed >= number && mayHaveReached(proposed, nowNanos)) {
      if (hasGrown) {
        growth.saw(Math.max(1, proposed - number), nowNanos - acceptedNanos);
      }
      hasGrown = true;
      return accept(proposed, nowNanos);
    }
    return isConfirmed(decider, seen.polls()) ? accept(proposed, nowNanos) : number;
  }

  private synchronized boolean isConfirmed(int decider, int polls) {
    if (doubts == 0) {
      Arrays.fill(doubtedPolls, -1);
    }
    if (doubtedPolls[decider] != polls) {
      doubtedPolls[decider] = polls;
      doubts++;
    }
    return doubts >= CONFIRMATIONS;
  }

  private synchronized void dispelDoubts() {
    doubts = 0;
  }

  private synchronized long accept(long agreed, long nowNanos) {
    acceptedNanos = nowNanos;
    number = agreed;
    doubts = 0;
    return agreed;
  }

  /** Whether the chain can have grown to this block by now; lower ones count as reached. */
  boolean mayHaveReached(long block, long nowNanos) {
    long before = number;
    return before < 0 || growth.isPossible(block - before, nowNanos - acceptedNanos);
  }

  /** For how long the agreed head has been the same; 0 while none is known. */
  long stillNanos(long nowNanos) {
    return number < 0 ? 0 : Math.max(0, nowNanos - acceptedNanos);
  }

  /** Whether the chain halts, as far as anybody shows; never where blocks are made on request. */
  boolean isStalled(long nowNanos) {
    return growth.isSteady()
        && stillNanos(nowNanos) > Math.max(STALLED_NANOS_MIN, STALLED_BLOCKS * growth.blockNanos());
  }

  /** How a provider's head stands to the agreed one. */
  HeadState state(Provider provider, long nowNanos) {
    HeadSeen seen = provider.headSeen();
    long agreed = number;
    if (!seen.isKnown() || agreed < 0) {
      return HeadState.UNKNOWN;
    }
    if (agreed - seen.number() < STUCK_BLOCKS) {
      return HeadState.CURRENT;
    }
    return isStuck(seen, agreed, nowNanos) ? HeadState.STUCK : HeadState.BEHIND;
  }

  /** The provider with the second highest head of those asked lately; with the highest if alone. */
  private int decider(long nowNanos) {
    int first = -1;
    int second = -1;
    long firstNumber = -1;
    long secondNumber = -1;
    for (int i = 0; i < providers.size(); i++) {
      HeadSeen seen = providers.get(i).headSeen();
      if (!seen.isKnown()
          || nowNanos - seen.polledNanos() > FRESH_NANOS
          || !providers.get(i).isHeadCertain()
          || !providers.get(i).isTrusted()) {
        continue;
      }
      if (seen.number() > firstNumber) {
        second = first;
        secondNumber = firstNumber;
        first = i;
        firstNumber = seen.number();
      } else if (seen.number() > secondNumber) {
        second = i;
        secondNumber = seen.number();
      }
    }
    return second >= 0 && !isStuck(providers.get(second).headSeen(), firstNumber, nowNanos)
        ? second
        : first;
  }

  /** Whether a provider stands still while another has gone on by several blocks. */
  private boolean isStuck(HeadSeen seen, long highest, long nowNanos) {
    long still = nowNanos - seen.changedNanos();
    return highest - seen.number() >= STUCK_BLOCKS
        && still > Math.max(STUCK_NANOS_MIN, STUCK_BLOCKS * growth.blockNanos());
  }
}

package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.eth.Network;
import java.util.List;

/**
 * The head that may be served: the highest number that two of the providers asked lately have
 * reached, or the only one when there is only one. One that stands still while another goes on does
 * not hold the head back.
 *
 * <p>A number that goes back, or that is further ahead than the chain can have grown, is not
 * believed at once, but after the provider that decides has shown such numbers in three polls: so
 * neither one absurd answer nor a real jump after a long sleep does lasting harm.
 */
final class Agreement {

  private static final int CONFIRMATIONS = 3;
  private static final long FRESH_NANOS_MIN = SECONDS.toNanos(15);
  private static final int FRESH_BLOCKS = 3;
  private static final int STUCK_BLOCKS = 3;
  private static final long STUCK_NANOS_MIN = SECONDS.toNanos(2);
  private static final int GROWTH_FACTOR = 4;
  private static final int GROWTH_ALLOWANCE = 16;

  private final List<Provider> providers;
  private final long blockNanos;
  private final long freshNanos;

  private volatile long number = -1;
  private volatile long acceptedNanos;
  private int doubted = -1;
  private int doubtedFromPolls;

  Agreement(Network network, List<Provider> providers) {
    this.providers = providers;
    blockNanos = MILLISECONDS.toNanos(network.blockTimeMillis());
    freshNanos = Math.max(FRESH_NANOS_MIN, FRESH_BLOCKS * blockNanos);
  }

  /** The agreed head; -1 while no head is known. */
  long head(long nowNanos) {
    int decider = decider(nowNanos);
    if (decider < 0) {
      return number;
    }
    HeadSeen seen = providers.get(decider).headSeen();
    if (seen.number() == number) {
      return number;
    }
    return propose(decider, seen, nowNanos);
  }

  private synchronized long propose(int decider, HeadSeen seen, long nowNanos) {
    if (number < 0 || isPlausible(seen.number(), nowNanos)) {
      return accept(seen.number(), nowNanos);
    }
    if (doubted != decider) {
      doubted = decider;
      doubtedFromPolls = seen.polls();
    }
    if (seen.polls() - doubtedFromPolls + 1 >= CONFIRMATIONS) {
      return accept(seen.number(), nowNanos);
    }
    return number;
  }

  private long accept(long agreed, long nowNanos) {
    acceptedNanos = nowNanos;
    number = agreed;
    doubted = -1;
    return agreed;
  }

  /** Whether the chain can have grown to this block by now; lower ones count as reached. */
  boolean mayHaveReached(long block, long nowNanos) {
    long before = number;
    long blocks = (nowNanos - acceptedNanos) / blockNanos * GROWTH_FACTOR + GROWTH_ALLOWANCE;
    return before < 0 || block - before <= blocks;
  }

  private boolean isPlausible(long proposed, long nowNanos) {
    return proposed >= number && mayHaveReached(proposed, nowNanos);
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
          || nowNanos - seen.polledNanos() > freshNanos
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
    return second >= 0 && !isStuck(second, firstNumber, nowNanos) ? second : first;
  }

  /** Whether a provider stands still while another has gone on by several blocks. */
  private boolean isStuck(int index, long highest, long nowNanos) {
    HeadSeen seen = providers.get(index).headSeen();
    long still = nowNanos - seen.changedNanos();
    return highest - seen.number() >= STUCK_BLOCKS
        && still > Math.max(STUCK_NANOS_MIN, STUCK_BLOCKS * blockNanos);
  }
}

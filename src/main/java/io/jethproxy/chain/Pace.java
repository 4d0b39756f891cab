package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.eth.Network;

/**
 * When to ask a provider for its head: hardly while no new block can be there yet, often when one
 * is due. Learns how fast the chain really is, since the table may be wrong and a chain unknown.
 */
final class Pace {

  private static final long STEP_NANOS_MIN = MILLISECONDS.toNanos(250);

  /** Of a fast chain not each head is looked at: those between are fetched once for all. */
  private static final long FAST_STEP_NANOS = SECONDS.toNanos(1);

  private static final int FAST_BLOCK_MILLIS_MAX = 1_000;

  /** A step may be shortened to this share by the news that another provider has a new head. */
  private static final double SHORTENED = 0.75;

  private static final long NUDGE_NANOS = MILLISECONDS.toNanos(20);

  /** After a look in vain for a block that a socket told of; doubled by each further one. */
  private static final long AGAIN_NANOS = MILLISECONDS.toNanos(100);

  /** While nobody asks; below the time after which a head counts as old. */
  private static final long IDLE_NANOS = SECONDS.toNanos(12);

  private static final long STEP_NANOS_MAX = MILLISECONDS.toNanos(1_500);

  /** While nothing is due; well below the time after which a head counts as old news. */
  private static final long QUIET_NANOS_MAX = SECONDS.toNanos(9);

  /** Nothing came for so many blocks: the chain rests, and so may we. */
  private static final int RESTING_BLOCKS = 4;

  private static final long RESTING_NANOS = SECONDS.toNanos(3);
  private static final long UNPROVEN_QUIET_NANOS = SECONDS.toNanos(3);

  private static final int STEPS_PER_BLOCK = 8;
  private static final double DUE = 0.75;
  private static final double NEWS = 0.25;

  /** A block that was not told of by then will not be. */
  private static final double MISSED = 1.25;

  /** Below the time after which a head counts as old, with an answer's time to spare. */
  private static final long MISSED_NANOS_MAX = SECONDS.toNanos(13);

  /** To be later than the others by this is worth a word to the operator. */
  private static final double LATE_NANOS = SECONDS.toNanos(10);

  private static final int LATE_BLOCKS_MIN = 3;

  private final double tableNanos;
  private final long stepNanosMin;
  private double blockNanos;
  private boolean proven;
  private long number = -1;
  private long sinceNanos;

  /**
   * @param network for the usual time between blocks
   */
  Pace(Network network) {
    tableNanos = MILLISECONDS.toNanos(network.blockTimeMillis());
    stepNanosMin = isFast(network) ? FAST_STEP_NANOS : STEP_NANOS_MIN;
    blockNanos = tableNanos;
  }

  /** Whether blocks come faster than they are looked at. */
  static boolean isFast(Network network) {
    return network.blockTimeMillis() < FAST_BLOCK_MILLIS_MAX;
  }

  /** The provider shows this head. */
  void saw(long head, long nowNanos) {
    if (head == number) {
      return;
    }
    if (number >= 0 && head > number) {
      double each = (nowNanos - sinceNanos) / (double) (head - number);
      blockNanos = Math.min(tableNanos, blockNanos * (1 - NEWS) + each * NEWS);
      proven = true;
    }
    number = head;
    sinceNanos = nowNanos;
  }

  /** So many blocks behind the others, a provider does not merely show a new block later. */
  long lateBlocks() {
    return Math.max(LATE_BLOCKS_MIN, (long) (LATE_NANOS / blockNanos));
  }

  /**
   * How long to wait before the next question.
   *
   * @param headAgeNanos for how long the head has been the same, also as learned from answers
   * @param isBehind whether the provider has to catch up, so that its next block is always due
   */
  long untilNextNanos(long headAgeNanos, boolean isBehind) {
    long step =
        (long)
            Math.clamp(
                blockNanos / STEPS_PER_BLOCK, (double) stepNanosMin, (double) STEP_NANOS_MAX);
    if (isBehind) {
      return step;
    }
    if (headAgeNanos > RESTING_BLOCKS * blockNanos) {
      return Math.max(step, Math.min(RESTING_NANOS, (long) blockNanos));
    }
    double quiet =
        Math.min(DUE * blockNanos, (double) (proven ? QUIET_NANOS_MAX : UNPROVEN_QUIET_NANOS));
    return Math.max(step, (long) quiet - headAgeNanos);
  }

  /**
   * How long to wait before the next question while sockets tell of new blocks: only in case they
   * miss one.
   */
  long untilMissedNanos(long headAgeNanos, boolean isBehind) {
    if (isBehind) {
      return untilNextNanos(headAgeNanos, true);
    }
    double wait = Math.min(MISSED * blockNanos, (double) MISSED_NANOS_MAX);
    double again = Math.min((double) QUIET_NANOS_MAX, Math.max(blockNanos, (double) stepNanosMin));
    return (long) Math.max(again, wait - headAgeNanos);
  }

  /**
   * How long to wait when a socket tells of a new block: not at all, unless blocks are too many to
   * look at each. A socket that makes them up does not cost more for it, as all looks but the first
   * are in vain.
   *
   * @param sinceNanos since the last question
   * @param vainLooks how often the provider was asked for such a block and showed nothing new
   */
  long untilHintedNanos(long sinceNanos, int vainLooks) {
    long first = stepNanosMin < FAST_STEP_NANOS ? 0 : untilNudgedNanos(sinceNanos);
    long again = vainLooks == 0 ? 0 : Math.min(STEP_NANOS_MAX, AGAIN_NANOS << (vainLooks - 1));
    return Math.max(first, again - sinceNanos);
  }

  /** How long to wait while nobody asks about the network. */
  long idleNanos() {
    return IDLE_NANOS;
  }

  /**
   * How long to wait when another provider shows a newer head: it is usually everywhere soon.
   *
   * @param sinceNanos since the last question
   */
  long untilNudgedNanos(long sinceNanos) {
    return stepNanosMin < FAST_STEP_NANOS
        ? NUDGE_NANOS
        : Math.max(NUDGE_NANOS, (long) (SHORTENED * FAST_STEP_NANOS) - sinceNanos);
  }
}

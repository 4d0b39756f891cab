package io.jethproxy.consistency;

import java.time.Duration;

/**
 * What is allowed besides the guarantees proper, in time that the machine gave.
 *
 * @param orphan how long after the last healthy node has left a branch its blocks may be served
 * @param stale how far behind what two providers agreed on a head may be
 * @param lateness by which both grow, and by no more
 */
record Slack(Duration orphan, Duration stale, Lateness lateness) {

  /** As published: an orphaned block for one block time, a head for three and a second. */
  static Slack of(Duration blockTime, Lateness lateness) {
    return new Slack(blockTime, blockTime.multipliedBy(3).plusSeconds(1), lateness);
  }

  /** What was left by all before then is not served any more. */
  long orphanedBefore(long nanos) {
    return lateness.before(nanos, orphan);
  }

  /** What two had at all times since then is known. */
  long knownSince(long nanos) {
    return lateness.before(nanos, stale);
  }
}

package io.jethproxy.consistency;

import java.time.Duration;

/**
 * What is allowed besides the guarantees proper.
 *
 * @param orphan how long after the last healthy node has left a branch its blocks may be served
 * @param stale how far behind what two providers agreed on a head may be
 */
record Slack(Duration orphan, Duration stale) {

  /** As published: an orphaned block for one block time, a head for three and a second. */
  static Slack of(Duration blockTime) {
    return new Slack(blockTime, blockTime.multipliedBy(3).plusSeconds(1));
  }
}

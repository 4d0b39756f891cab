package io.jethproxy.consistency;

import io.jethproxy.consistency.Oracle.Reorg;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The number below which a session may not fall: a running maximum of what it was given by calls
 * that were complete, lowered by each reorganisation to the newest block that both branches share.
 * Immutable; O(n log n) to make.
 */
final class Floor {

  /** A number that a call gave. */
  record Given(Op op, long number) {}

  private static final Given NOTHING =
      new Given(new Op(-1, "", -1, 0, 0, Op.Type.INFO, "", Json.read("[]"), Json.read("null")), -1);

  private final List<Reorg> reorgs;
  private final NavigableMap<Long, Given> running = new TreeMap<>();

  Floor(Collection<Given> given, List<Reorg> reorgs, Slack slack) {
    this.reorgs = reorgs;
    Given highest = NOTHING;
    long before = Long.MIN_VALUE;
    for (Given each :
        given.stream().sorted(Comparator.comparingLong(g -> g.op().completedNanos())).toList()) {
      long now = each.op().completedNanos();
      highest = lowered(highest, before, now);
      Given worth = during(each, now, slack);
      highest = worth.number() > highest.number() ? worth : highest;
      running.put(now, highest);
      before = now;
    }
  }

  /** For a call of this time; -1 when it was given nothing before. */
  Given at(Op op) {
    Map.Entry<Long, Given> last = running.lowerEntry(op.invokedNanos());
    return last == null ? NOTHING : lowered(last.getValue(), last.getKey(), op.completedNanos());
  }

  /** By the reorganisations that began in this time. */
  private Given lowered(Given given, long afterNanos, long untilNanos) {
    Given low = given;
    for (Reorg reorg : reorgs) {
      if (reorg.startNanos() > afterNanos && reorg.startNanos() <= untilNanos) {
        low = capped(low, reorg);
      }
    }
    return low;
  }

  /** What was given while branches changed may be of the old one. */
  private Given during(Given given, long now, Slack slack) {
    Given low = given;
    long orphanedBefore = slack.orphanedBefore(now);
    for (Reorg reorg : reorgs) {
      if (reorg.startNanos() <= now && orphanedBefore <= reorg.settledNanos()) {
        low = capped(low, reorg);
      }
    }
    return low;
  }

  private static Given capped(Given given, Reorg reorg) {
    return new Given(given.op(), Math.min(given.number(), reorg.ancestor().number()));
  }
}

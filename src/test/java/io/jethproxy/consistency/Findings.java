package io.jethproxy.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a checker has found so far, with what all its parts ask of the oracle. One thread. */
final class Findings {

  private static final Duration AGE_MAX = Duration.ofSeconds(20);
  private static final Duration AGE_STEP = Duration.ofMillis(5);
  private static final int PROBE_DIGITS = 2 + 3 * 64;

  private final Oracle oracle;
  private final Slack slack;
  private final List<Violation> violations = new ArrayList<>();

  Findings(Oracle oracle, Slack slack) {
    this.oracle = oracle;
    this.slack = slack;
  }

  Oracle oracle() {
    return oracle;
  }

  List<Violation> violations() {
    return List.copyOf(violations);
  }

  void add(Guarantee guarantee, Op op, String seen, String allowed) {
    violations.add(new Violation(guarantee, op, seen, allowed));
  }

  Slack slack() {
    return slack;
  }

  /** Whether a call of this time may show the block as canonical. */
  boolean isCanonicalFor(Block block, Op op) {
    return oracle.wasCanonical(block, slack.orphanedBefore(op.invokedNanos()), op.completedNanos());
  }

  /** What a call of this time may take for the block of this number. */
  List<Block> canonical(long number, Op op) {
    return oracle.blocks(number).stream().filter(block -> isCanonicalFor(block, op)).toList();
  }

  /** Every block that a call of this time may take for the head, given a floor. */
  List<Block> heads(long floor, Op op) {
    return LongStream.rangeClosed(Math.max(0, floor), highest(op))
        .boxed()
        .flatMap(number -> canonical(number, op).stream())
        .toList();
  }

  /** The highest number that any node on a canonical branch had in the time of this call. */
  long highest(Op op) {
    return oracle.highest(slack.orphanedBefore(op.invokedNanos()), op.completedNanos());
  }

  /** What two steady nodes had long enough before the call that it cannot have gone unseen. */
  long agreed(Op op) {
    return oracle.agreed(slack.knownSince(op.invokedNanos()), op.completedNanos());
  }

  /** How old a head is that this call was given: so long two steady nodes had had a higher one. */
  Duration age(Op op, long head) {
    long least = 0;
    long most = AGE_MAX.toNanos();
    while (most - least > AGE_STEP.toNanos()) {
      long middle = (least + most) / 2;
      boolean isOlder = oracle.agreed(op.invokedNanos() - middle, op.completedNanos()) > head;
      least = isOlder ? middle : least;
      most = isOlder ? most : middle;
    }
    return Duration.ofNanos(least);
  }

  /** Whether a call of this time could have seen this block below the head, or as it. */
  boolean wasThere(Block block, Op op) {
    return views(op).anyMatch(block::isOnTheWayTo);
  }

  /** The same of any block of this number. */
  boolean wasThere(long number, Op op) {
    return views(op).anyMatch(tip -> tip.number() >= number);
  }

  /**
   * Whether a block was there for so long that a subscription of this time cannot begin with it.
   */
  boolean isOld(Block block, Op subscribed, Op told) {
    long since = slack.knownSince(subscribed.invokedNanos());
    return block.number() <= agreed(subscribed)
        && oracle.stayedCanonical(block, since, told.completedNanos());
  }

  /** Every block that may be the newest that a call of this time knows. */
  List<Block> recentTips(Op op) {
    long agreed = agreed(op);
    return oracle
        .views(slack.knownSince(op.invokedNanos()), op.completedNanos())
        .filter(tip -> tip.number() >= agreed)
        .toList();
  }

  private Stream<Block> views(Op op) {
    return oracle.views(slack.orphanedBefore(op.invokedNanos()), op.completedNanos());
  }

  /** Which block a probe has run in; empty when there is none. */
  Optional<Block> probed(JsonNode result) {
    String hex = result.asString();
    if (hex.length() != PROBE_DIGITS) {
      throw new IllegalArgumentException("a probe's answer of " + hex.length() + " characters");
    }
    long number = Long.parseLong(hex.substring(50, 66), 16);
    String parent = "0x" + hex.substring(66, 130);
    long timestamp = Long.parseLong(hex.substring(178, 194), 16);
    return oracle.blocks(number).stream()
        .filter(block -> block.timestamp() == timestamp)
        .filter(block -> block.parent().map(Block::hash).orElse("").equals(parent))
        .findFirst();
  }
}

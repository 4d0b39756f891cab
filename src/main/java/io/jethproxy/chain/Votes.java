package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.eth.Hash;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The newest block of each provider. One that was not heard of lately, or that stands still while
 * others go on, has no vote: it would hold the head back.
 */
final class Votes {

  private static final long FRESH_NANOS_MIN = SECONDS.toNanos(15);
  private static final long STILL_NANOS_MIN = SECONDS.toNanos(2);
  private static final int FRESH_BLOCKS = 3;
  private static final int STILL_BLOCKS = 3;

  /**
   * What one provider shows.
   *
   * @param changedNanos since when
   * @param shownNanos when it last did
   */
  record Vote(String group, Hash head, long number, long changedNanos, long shownNanos) {}

  private final Map<String, Vote> votes = new LinkedHashMap<>();
  private final long freshNanos;
  private final long stillNanos;

  Votes(long blockNanos) {
    freshNanos = Math.max(FRESH_NANOS_MIN, FRESH_BLOCKS * blockNanos);
    stillNanos = Math.max(STILL_NANOS_MIN, STILL_BLOCKS * blockNanos);
  }

  void show(String provider, String group, Block block, long nowNanos) {
    Vote before = votes.get(provider);
    long since =
        before != null && before.head().equals(block.hash()) ? before.changedNanos() : nowNanos;
    votes.put(provider, new Vote(group, block.hash(), block.number(), since, nowNanos));
  }

  void still(String provider, long nowNanos) {
    votes.computeIfPresent(
        provider,
        (_, vote) ->
            new Vote(vote.group(), vote.head(), vote.number(), vote.changedNanos(), nowNanos));
  }

  void remove(String provider) {
    votes.remove(provider);
  }

  void forget() {
    votes.clear();
  }

  boolean isHead(Block block) {
    return votes.values().stream().anyMatch(vote -> vote.head().equals(block.hash()));
  }

  Map<String, Hash> heads() {
    return votes.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> entry.getValue().head(),
                (a, _) -> a,
                LinkedHashMap::new));
  }

  /** Those that count now. */
  List<Vote> live(long nowNanos) {
    List<Vote> fresh =
        votes.values().stream().filter(vote -> nowNanos - vote.shownNanos() <= freshNanos).toList();
    long highest = fresh.stream().mapToLong(Vote::number).max().orElse(-1);
    return fresh.stream().filter(vote -> !isStill(vote, highest, nowNanos)).toList();
  }

  private boolean isStill(Vote vote, long highest, long nowNanos) {
    return highest - vote.number() >= STILL_BLOCKS && nowNanos - vote.changedNanos() > stillNanos;
  }

  /** How many groups have a vote now. */
  int groups(long nowNanos) {
    return (int) live(nowNanos).stream().map(Vote::group).distinct().count();
  }
}

package io.jethproxy.consistency;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What was true and when: the tree of all blocks, when each was canonical, and what each node had
 * as its head. Written by the conductor; read by the checker, mostly after the run.
 *
 * <p>A block is canonical from the moment that the first node shows it until the moment that the
 * last healthy node has left it. Times are of {@link System#nanoTime}.
 */
final class Oracle {

  /** A head of the canonical chain, from then on. */
  record Tip(long fromNanos, Block block) {}

  /**
   * The canonical chain changed its branch.
   *
   * @param settledNanos when every healthy node had changed
   * @param ancestor the newest block that both branches share
   */
  record Reorg(long startNanos, long settledNanos, Block ancestor) {}

  /**
   * What a node had from a moment on.
   *
   * @param isSteady whether it was up, without faults, and on the canonical chain
   */
  record NodeState(Block head, boolean isSteady) {}

  private final Map<String, Block> blocks = new HashMap<>();
  private final Map<Long, List<Block>> byNumber = new HashMap<>();
  private final Map<String, Long> canonicalFrom = new HashMap<>();
  private final Map<String, Long> canonicalUntil = new HashMap<>();
  private final Map<String, List<Block>> inclusions = new HashMap<>();
  private final NavigableMap<Long, Tip> tips = new TreeMap<>();
  private final List<Reorg> reorgs = new ArrayList<>();
  private final List<NavigableMap<Long, NodeState>> nodes = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final long startNanos;

  Oracle(int nodeCount, long startNanos) {
    this.startNanos = startNanos;
    for (int i = 0; i < nodeCount; i++) {
      nodes.add(new TreeMap<>());
    }
  }

  // For the conductor.

  synchronized void add(Block block) {
    if (blocks.putIfAbsent(block.hash(), block) == null) {
      byNumber.computeIfAbsent(block.number(), n -> new ArrayList<>()).add(block);
      for (Payment payment : block.transactions()) {
        inclusions.computeIfAbsent(payment.hash(), h -> new ArrayList<>()).add(block);
      }
    }
  }

  /** The canonical chain grows to this tip. */
  synchronized void extend(Block tip, long nanos) {
    for (Block at = tip; !canonicalFrom.containsKey(at.hash()); at = at.parent().orElseThrow()) {
      canonicalFrom.put(at.hash(), nanos);
      if (at.parent().isEmpty()) {
        break;
      }
    }
    tips.put(nanos, new Tip(nanos, tip));
  }

  /** The canonical chain was at {@code old} until {@code settledNanos} and is now at another. */
  synchronized void reorganised(Block old, Block tip, long startNanos, long settledNanos) {
    Block ancestor = old.commonAncestor(tip);
    for (Block at = old; !at.equals(ancestor); at = at.parent().orElseThrow()) {
      canonicalUntil.put(at.hash(), settledNanos);
    }
    reorgs.add(new Reorg(startNanos, settledNanos, ancestor));
  }

  synchronized void node(int i, long nanos, NodeState state) {
    nodes.get(i).put(nanos, state);
  }

  synchronized void tell(String what) {
    story.add("%.2f s: %s".formatted(seconds(System.nanoTime()), what));
  }

  // For the checker.

  synchronized Optional<Block> block(String hash) {
    return Optional.ofNullable(blocks.get(hash));
  }

  synchronized List<Block> blocks(long number) {
    return List.copyOf(byNumber.getOrDefault(number, List.of()));
  }

  /** The blocks, of any branch, that hold this transaction. */
  synchronized List<Block> holders(String transactionHash) {
    return List.copyOf(inclusions.getOrDefault(transactionHash, List.of()));
  }

  /** When it became canonical; the greatest value for a block that never was. */
  synchronized long canonicalFrom(Block block) {
    return canonicalFrom.getOrDefault(block.hash(), Long.MAX_VALUE);
  }

  /** Whether it was canonical at some moment of this time. */
  synchronized boolean wasCanonical(Block block, long fromNanos, long untilNanos) {
    Long from = canonicalFrom.get(block.hash());
    long until = canonicalUntil.getOrDefault(block.hash(), Long.MAX_VALUE);
    return from != null && from - untilNanos <= 0 && until - fromNanos >= 0;
  }

  /**
   * Whether it was canonical before this time began and no reorganisation against it had begun when
   * it ended.
   */
  synchronized boolean stayedCanonical(Block block, long fromNanos, long untilNanos) {
    Long from = canonicalFrom.get(block.hash());
    return from != null
        && from - fromNanos <= 0
        && reorgs.stream().noneMatch(r -> r.startNanos() <= untilNanos && isOrphanedBy(block, r));
  }

  private boolean isOrphanedBy(Block block, Reorg reorg) {
    Long until = canonicalUntil.get(block.hash());
    return until != null && until == reorg.settledNanos();
  }

  /** The canonical tips of this time, the one at its beginning included. */
  synchronized Collection<Tip> tips(long fromNanos, long untilNanos) {
    Long first = tips.floorKey(fromNanos);
    return List.copyOf(
        tips.subMap(first == null ? fromNanos : first, true, untilNanos, true).values());
  }

  /** All tips that any healthy node could have had in this time: also those being left. */
  synchronized Stream<Block> views(long fromNanos, long untilNanos) {
    long from =
        reorgs.stream()
            .filter(r -> r.settledNanos() >= fromNanos && r.startNanos() <= untilNanos)
            .mapToLong(r -> r.startNanos() - 1)
            .min()
            .orElse(fromNanos);
    return tips(Math.min(from, fromNanos), untilNanos).stream().map(Tip::block);
  }

  synchronized long highest(long fromNanos, long untilNanos) {
    return views(fromNanos, untilNanos).mapToLong(Block::number).max().orElse(-1);
  }

  synchronized List<Reorg> reorgs() {
    return List.copyOf(reorgs);
  }

  /**
   * The number that two steady nodes had throughout this time, the second highest; -1 when fewer
   * were steady.
   */
  synchronized long agreed(long fromNanos, long untilNanos) {
    return nodes.stream()
        .map(states -> lowestWhileSteady(states, fromNanos, untilNanos))
        .sorted((a, b) -> Long.compare(b, a))
        .skip(1)
        .findFirst()
        .orElse(-1L);
  }

  private static long lowestWhileSteady(
      NavigableMap<Long, NodeState> states, long fromNanos, long untilNanos) {
    Long first = states.floorKey(fromNanos);
    if (first == null) {
      return -1;
    }
    Collection<NodeState> during = states.subMap(first, true, untilNanos, true).values();
    return during.stream().allMatch(NodeState::isSteady)
        ? during.stream().mapToLong(state -> state.head().number()).min().orElse(-1)
        : -1;
  }

  double seconds(long nanos) {
    return (nanos - startNanos) / 1e9;
  }

  synchronized String story() {
    return String.join("\n  ", story);
  }
}

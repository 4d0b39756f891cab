package io.jethproxy.chain;

import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.eth.Head;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks are safe and finalized: as many groups must say so as for a head. What is finalized
 * never moves back; what is safe lies between that and the tip.
 */
final class Finality {

  /**
   * @param isSaid whether the provider has answered, and was not merely silent
   */
  private record Claim(
      String group, Optional<Head> safe, Optional<Head> finalized, boolean isSaid) {}

  private final Map<String, Claim> claims = new HashMap<>();
  private boolean saysSafe;
  private @Nullable Head safe;
  private @Nullable Head finalized;

  void claim(String provider, String group, Optional<Head> newSafe, Optional<Head> newFinalized) {
    claims.put(provider, new Claim(group, newSafe, newFinalized, true));
    saysSafe |= newSafe.isPresent();
  }

  /** The provider was asked in vain: the others decide without it, unless it has spoken before. */
  void silent(String provider, String group) {
    claims.putIfAbsent(provider, new Claim(group, Optional.empty(), Optional.empty(), false));
  }

  void remove(String provider) {
    claims.remove(provider);
  }

  /**
   * Takes the claims that enough groups agree on and that fit the chain; none before so many groups
   * were heard, so that the first to answer does not decide alone.
   */
  void settle(View view, int groups) {
    if (groupsOf(_ -> true) < groups) {
      return;
    }
    agreed(Claim::finalized, view, groups)
        .filter(head -> finalized == null || head.number() > finalized.number())
        .ifPresent(head -> finalized = head);
    agreed(Claim::safe, view, groups).ifPresent(head -> safe = head);
  }

  private Optional<Head> agreed(Function<Claim, Optional<Head>> kind, View view, int groups) {
    Map<String, Head> byGroup = new HashMap<>();
    for (Claim claim : claims.values()) {
      kind.apply(claim)
          .filter(head -> fits(head, view))
          .ifPresent(head -> byGroup.merge(claim.group(), head, Finality::higher));
    }
    List<Head> heads = new ArrayList<>(byGroup.values());
    heads.sort((one, other) -> Long.compare(other.number(), one.number()));
    return heads.isEmpty()
        ? Optional.empty()
        : Optional.of(heads.get(Math.min(groups, heads.size()) - 1));
  }

  private long groupsOf(Predicate<Claim> kind) {
    return claims.values().stream().filter(kind).map(Claim::group).distinct().count();
  }

  /**
   * The tags that are known to mean nothing on this chain: enough groups say so, and none knows.
   */
  Set<Tag.Kind> unheardOf(int groups) {
    if (groupsOf(Claim::isSaid) < groups) {
      return Set.of();
    }
    boolean noSafe = safe == null && claims.values().stream().allMatch(c -> c.safe().isEmpty());
    boolean noFinalized =
        finalized == null && claims.values().stream().allMatch(c -> c.finalized().isEmpty());
    Set<Tag.Kind> unknown = EnumSet.noneOf(Tag.Kind.class);
    if (noSafe) {
      unknown.add(Tag.Kind.SAFE);
    }
    if (noFinalized) {
      unknown.add(Tag.Kind.FINALIZED);
    }
    return Set.copyOf(unknown);
  }

  private static Head higher(Head one, Head other) {
    return one.number() >= other.number() ? one : other;
  }

  /** Not above the tip, and the very block that the ring has at its height, if it reaches there. */
  private static boolean fits(Head head, View view) {
    return head.number() <= view.tipNumber()
        && (head.number() < view.bottomNumber()
            || view.block(head.number())
                .filter(block -> block.hash().equals(head.hash()))
                .isPresent());
  }

  /** The finalized block under a chain; empty when it is not known. */
  Optional<Head> finalized(List<Block> ring) {
    if (finalized != null && !isUnder(finalized, ring)) {
      finalized = null; // everybody left it: the chain was set up anew
      safe = null;
      claims.clear();
    }
    return Optional.ofNullable(finalized);
  }

  /** The safe block under a chain; empty when it is not known. What is finalized is safe. */
  Optional<Head> safe(List<Block> ring) {
    if (safe == null || !isUnder(safe, ring)) {
      return saysSafe ? Optional.ofNullable(finalized) : Optional.empty();
    }
    return Optional.of(finalized == null ? safe : higher(safe, finalized));
  }

  private static boolean isUnder(Head head, List<Block> ring) {
    long index = head.number() - ring.getFirst().number();
    if (index >= ring.size()) {
      return false;
    }
    return index < 0 || ring.get((int) index).hash().equals(head.hash());
  }
}

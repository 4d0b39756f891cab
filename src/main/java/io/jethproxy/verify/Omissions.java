package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;

/**
 * Whether an answer leaves out logs of blocks that are known.
 *
 * <p>A block whose bloom excludes the filter has none: that is proved. Where the bloom does not
 * exclude it and the receipts are known, they are looked at. Else there may be a log, or the bits
 * of others cover those of the filter by accident: in a bloom of which the share {@code f} is set,
 * with the chance {@code f³} for each item. An empty answer is doubted only when such accidents are
 * very unlikely in all the blocks together; busy blocks prove nothing. Nor does a bloom that has
 * several items of one filter: one log may have the address, another the topic.
 */
final class Omissions {

  /** Chance of an accident, in all blocks together, up to which nothing is taken for one. */
  private static final double ACCIDENT_MAX = 0.001;

  /** Blocks times items to compare; beyond that the answer is not looked at so closely. */
  private static final int COMPARISONS_MAX = 1 << 16;

  /** Blocks whose receipts are looked through for one answer. */
  private static final int RECEIPTS_MAX = 8;

  private static final double BLOOM_BITS = 8.0 * Bloom.LENGTH_BYTES;

  private final Claim claim;
  private final LogFilter filter;
  private final LogRow row;
  private List<List<Bloom.Item>> items = List.of();
  private int receiptsLeft = RECEIPTS_MAX;
  private double accidents;
  private boolean isDoubtful;

  Omissions(Claim claim, LogFilter filter, LogRow row) {
    this.claim = claim;
    this.filter = filter;
    this.row = row;
  }

  Finding finding() {
    Span span = span();
    if (span.isEmpty()) {
      return Finding.RIGHT; // as most do not touch the ring, for which items would be hashed
    }
    items = filter.items();
    long comparisons = items.stream().mapToLong(List::size).sum() * (span.to() - span.from() + 1);
    if (!claim.profile().isTried(Aspect.BLOOM)
        || items.isEmpty()
        || comparisons > COMPARISONS_MAX) {
      return Finding.RIGHT;
    }
    for (int i = span.from(); i <= span.to(); i++) {
      if (!isPlausible(claim.view().blocks().get(i), row.count(i))) {
        return Finding.WRONG;
      }
    }
    return isDoubtful && accidents <= ACCIDENT_MAX && claim.profile().isOn(Aspect.BLOOM)
        ? Finding.MISSING
        : Finding.RIGHT;
  }

  private boolean isPlausible(Block block, int found) {
    Bloom bloom = block.bloom();
    double accident = accident(bloom);
    accidents += accident;
    if (!mayHaveAny(bloom)) {
      return found == 0 || claim.bears(Aspect.BLOOM, false, block.hash());
    }
    if (found > 0) {
      confirm(accident);
      return true;
    }
    if (block.receipts().isPresent() && receiptsLeft > 0) {
      receiptsLeft--;
      return !hasAny(block.receipts().get());
    }
    isDoubtful = isOfOneItem();
    return true;
  }

  /** Whether the filter wants whatever has its address, or its first topic, and nothing more. */
  private boolean isOfOneItem() {
    return filter.addresses().isEmpty() ? filter.topics().size() == 1 : filter.topics().isEmpty();
  }

  /** A log that its bloom announced speaks for the blooms, unless it was no wonder. */
  private void confirm(double accident) {
    if (accident <= ACCIDENT_MAX) {
      claim.profile().confirm(Aspect.BLOOM);
    }
  }

  private boolean mayHaveAny(Bloom bloom) {
    for (List<Bloom.Item> alternatives : items) {
      if (alternatives.stream().noneMatch(bloom::mayContain)) {
        return false;
      }
    }
    return true;
  }

  private double accident(Bloom bloom) {
    double share = bloom.bitCount() / BLOOM_BITS;
    double chance = 1;
    for (List<Bloom.Item> alternatives : items) {
      chance *= Math.min(1, alternatives.size() * share * share * share);
    }
    return chance;
  }

  private boolean hasAny(BlockReceipts receipts) {
    for (RawJson log : receipts.logs()) {
      if (filter.matches(log)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The blocks of the ring that were asked for.
   *
   * @param from the place of the first in the ring
   * @param to the place of the last; less than {@code from} when there are none
   */
  private record Span(int from, int to) {
    static final Span NONE = new Span(0, -1);

    boolean isEmpty() {
      return to < from;
    }
  }

  private Span span() {
    return switch (claim.blockRef()) {
      case BlockRef.ByHash(var hash) -> spanOf(hash);
      case BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to)) -> span(from, to);
      case BlockRef.Range(BlockRef.Tag(var tag), BlockRef.Number(var to)) ->
          tag == BlockRef.Tag.Kind.EARLIEST ? span(0, to) : Span.NONE;
      case BlockRef.Range _, BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> Span.NONE;
    };
  }

  private Span spanOf(Hash hash) {
    Optional<Block> block = claim.view().block(hash);
    return block.map(known -> span(known.number(), known.number())).orElse(Span.NONE);
  }

  private Span span(long from, long to) {
    long bottom = claim.view().bottomNumber();
    long first = Math.max(from, bottom);
    long last = Math.min(to, claim.view().tipNumber());
    return bottom < 0 || first > last
        ? Span.NONE
        : new Span((int) (first - bottom), (int) (last - bottom));
  }
}

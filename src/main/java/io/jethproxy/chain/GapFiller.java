package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.eth.Hash;
import io.jethproxy.fleet.Provider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Fetches the blocks between the ring and the heads that providers show, a few at a time, each from
 * one provider: a single one by its hash, more in a row by their numbers, since the hash of each is
 * known only from the next. What came by number counts only if it links, like everything else; if
 * it does not, the rest is fetched by hash.
 */
final class GapFiller {

  /** Between two blocks that nobody waits for. */
  static final long PACE_NANOS = MILLISECONDS.toNanos(100);

  private static final int HASHES_AT_ONCE_MAX = 4;
  private static final int NUMBERS_AT_ONCE_MAX = 16;

  private final ChainLog log;
  private final Asking asking;
  private final BiPredicate<Provider, Block> accepts;
  private final Runnable filled;
  private final Set<Hash> hashes = new HashSet<>();
  private final Set<Long> numbers = new HashSet<>();

  /** The highest missing blocks of the rows that were fetched, while they are still missing. */
  private final Set<Hash> rows = new HashSet<>();

  /**
   * @param filled run when something came
   */
  GapFiller(ChainLog log, Asking asking, BiPredicate<Provider, Block> accepts, Runnable filled) {
    this.log = log;
    this.asking = asking;
    this.accepts = accepts;
    this.filled = filled;
  }

  /** Whether something is under way. */
  boolean isBusy() {
    return !hashes.isEmpty() || !numbers.isEmpty();
  }

  /** Asks for what is missing; what nobody could give is asked for again with the next head. */
  void fill() {
    List<ChainLog.Gap> gaps = log.gaps();
    rows.retainAll(gaps.stream().map(ChainLog.Gap::hash).toList());
    for (ChainLog.Gap gap : gaps) {
      if (isRow(gap)) {
        fetchRow(gap);
      } else if (numbers.isEmpty()) {
        fetch(gap);
      }
    }
  }

  /** Whether several blocks in a row are missing, and were not fetched in vain before. */
  private boolean isRow(ChainLog.Gap gap) {
    long tip = log.view().tipNumber();
    return tip >= 0 && gap.number() - tip >= 2 && !rows.contains(gap.hash());
  }

  private void fetchRow(ChainLog.Gap gap) {
    if (!numbers.isEmpty()) {
      return;
    }
    rows.add(gap.hash());
    long from = Math.max(log.view().tipNumber() + 1, gap.number() - NUMBERS_AT_ONCE_MAX + 1);
    for (long number = from; number <= gap.number(); number++) {
      numbers.add(number);
    }
    List<Provider> order = order(gap);
    for (long number = from; number <= gap.number(); number++) {
      fetch(number, order);
    }
  }

  private void fetch(long number, List<Provider> order) {
    asking.blockByNumber(
        number,
        order,
        accepts,
        (_, block) -> {
          log.add(block);
          rowCame(number);
        },
        () -> rowCame(number));
  }

  private void rowCame(long number) {
    numbers.remove(number);
    if (numbers.isEmpty()) {
      filled.run();
    }
  }

  private void fetch(ChainLog.Gap gap) {
    if (hashes.size() < HASHES_AT_ONCE_MAX && hashes.add(gap.hash())) {
      asking.blockByHash(
          gap.hash(),
          order(gap),
          (provider, block) -> block.number() == gap.number() && accepts.test(provider, block),
          (_, block) -> came(block),
          () -> hashes.remove(gap.hash()));
    }
  }

  /** Who has shown the descendant is asked first. */
  private List<Provider> order(ChainLog.Gap gap) {
    List<Provider> order = new ArrayList<>(asking.providers());
    order.sort((one, other) ->
        Boolean.compare(other.id().equals(gap.provider()), one.id().equals(gap.provider())));
    return order;
  }

  private void came(Block block) {
    hashes.remove(block.hash());
    log.add(block);
    filled.run();
  }
}

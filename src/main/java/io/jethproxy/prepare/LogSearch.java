package io.jethproxy.prepare;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds logs in the blocks that are kept: all of them or none, in the order of the chain. The bloom
 * of a block says that there is nothing in it only where its receipts are kept, for those were
 * checked against it; some networks have logs that no bloom knows of.
 */
final class LogSearch {

  /** Bounds an answer; what is larger is not for the event loop to put together. */
  private static final int BYTES_MAX = 8 << 20;

  /** Bounds the time on the event loop, and the logs of an answer; more are for a provider. */
  private static final int LOOKED_AT_MAX = 5_000;

  private static final RawJson NOTHING = RawJson.of("[]");

  private final LogFilter filter;
  private final List<RawJson> found = new ArrayList<>();
  private int lookedAt;
  private long bytes = 2;

  private LogSearch(LogFilter filter) {
    this.filter = filter;
  }

  /** All logs of the blocks that the filter wants; empty when there are too many. */
  static Optional<RawJson> in(List<Block> blocks, LogFilter filter) {
    LogSearch search = new LogSearch(filter);
    for (Block block : blocks) {
      if (filter.mayMatch(block.bloom()) && !search.look(block)) {
        return Optional.empty();
      }
    }
    return Optional.of(search.answer());
  }

  /**
   * The blocks that are asked for; empty unless all of them are kept.
   *
   * @param ref what the filter says of blocks
   */
  static Optional<List<Block>> blocks(BlockRef ref, View view) {
    return switch (ref) {
      case BlockRef.ByHash(var hash) -> view.block(hash).map(List::of);
      case BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to)) ->
          between(from, to, view);
      case BlockRef.Range(BlockRef.Number(var from), var to)
          when to.equals(BlockRef.LATEST) && isFuture(from, view) ->
          Optional.of(List.of());
      case BlockRef.Range _, BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> Optional.empty();
    };
  }

  private static boolean isFuture(long number, View view) {
    return view.tip().isPresent() && number > view.tipNumber();
  }

  private static Optional<List<Block>> between(long from, long to, View view) {
    if (from > to || view.block(from).isEmpty() || view.block(to).isEmpty()) {
      return Optional.empty();
    }
    int first = (int) (from - view.bottomNumber());
    return Optional.of(view.blocks().subList(first, first + (int) (to - from) + 1));
  }

  private boolean look(Block block) {
    List<RawJson> logs = block.receipts().orElseThrow().logs();
    lookedAt += logs.size();
    if (lookedAt > LOOKED_AT_MAX) {
      return false;
    }
    for (RawJson log : logs) {
      if (filter.matches(log)) {
        found.add(log);
        bytes += log.length() + 1;
      }
    }
    return bytes <= BYTES_MAX;
  }

  private RawJson answer() {
    if (found.isEmpty()) {
      return NOTHING;
    }
    byte[] array = new byte[(int) bytes - 1];
    int at = 0;
    for (RawJson log : found) {
      array[at++] = (byte) (at == 1 ? '[' : ',');
      System.arraycopy(log.bytes(), log.from(), array, at, log.length());
      at += log.length();
    }
    array[at] = ']';
    return new RawJson(array, 0, array.length);
  }
}

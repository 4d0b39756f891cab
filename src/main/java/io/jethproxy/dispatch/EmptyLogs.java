package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Slices;
import java.util.List;

/**
 * Whether an empty list of logs may only mean that the provider does not have those of its newest
 * blocks yet: some nodes show a head before they have indexed its logs. Not doubted where the
 * blooms of those blocks leave no room for what is looked for, and where the receipts are kept, by
 * which answers are checked anyway.
 */
final class EmptyLogs {

  /** Below the newest block; what is older has long been indexed. */
  static final int NEWEST_BLOCKS = 16;

  private static final String METHOD = "eth_getLogs";

  private EmptyLogs() {}

  static boolean areDoubtful(Call call, View view) {
    if (!call.method().name().equals(METHOD)) {
      return false;
    }
    List<Block> newest = newest(BlockRefs.of(call.method(), call.request().params()), view);
    return !newest.isEmpty()
        && LogFilter.read(Slices.element(call.request().params(), call.method().block().index()))
            .filter(filter -> newest.stream().anyMatch(block -> mayHave(block, filter)))
            .isPresent();
  }

  private static boolean mayHave(Block block, LogFilter filter) {
    return block.receipts().isEmpty()
        && block.bloom().bitCount() > 0
        && filter.mayMatch(block.bloom());
  }

  /** The blocks that are asked for, as far as they are new. */
  private static List<Block> newest(BlockRef ref, View view) {
    return switch (ref) {
      case BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to)) ->
          newest(from, to, view);
      case BlockRef.Range(BlockRef.Tag(var tag), BlockRef.Number(var to)) ->
          tag == BlockRef.Tag.Kind.EARLIEST ? newest(0, to, view) : List.of();
      case BlockRef.ByHash(var hash) ->
          view.block(hash)
              .map(block -> newest(block.number(), block.number(), view))
              .orElse(List.of());
      case BlockRef.Range _, BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> List.of();
    };
  }

  private static List<Block> newest(long from, long to, View view) {
    long bottom = view.bottomNumber();
    long oldest = Math.max(view.tipNumber() - NEWEST_BLOCKS, view.finalizedNumber()) + 1;
    long first = Math.max(Math.max(from, bottom), oldest);
    long last = Math.min(to, view.tipNumber());
    return bottom < 0 || first > last
        ? List.of()
        : view.blocks().subList((int) (first - bottom), (int) (last - bottom) + 1);
  }
}

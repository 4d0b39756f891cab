package io.jethproxy.server;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Head;
import io.jethproxy.observe.ChainCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the status page says of one chain. */
final class ChainStatus {

  private ChainStatus() {}

  /** Nothing but that it is not followed for a network without a log. */
  static Map<String, Object> of(Insight insight, long chainId) {
    return insight
        .chains()
        .of(chainId)
        .map(log -> of(log, insight.countsOf(chainId), insight.receipts()))
        .orElseGet(() -> Map.of("followed", false));
  }

  private static Map<String, Object> of(ChainLog log, ChainCounts.Counts counts, String receipts) {
    View view = log.view();
    ChainLog.Quorum quorum = log.quorum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("followed", true);
    json.put("receipts", receipts);
    json.put("tip", view.tip().map(Block::head).map(ChainStatus::head).orElse(Map.of()));
    json.put("safe", view.safe().map(ChainStatus::head).orElse(Map.of()));
    json.put("finalized", view.finalized().map(ChainStatus::head).orElse(Map.of()));
    json.put("groupsNeeded", quorum.needed());
    json.put("groupsPresent", quorum.present());
    json.put("agreement", agreement(quorum));
    json.put("split", log.isSplit());
    kept(json, view.blocks());
    json.put("reorgs", counts.reorgs());
    json.put("blocksOrphaned", counts.orphaned());
    json.put("deepestReorg", counts.deepest());
    json.put("breaks", counts.breaks());
    json.put("blocksRefused", counts.refused());
    return json;
  }

  private static void kept(Map<String, Object> json, List<Block> blocks) {
    json.put("blocksKept", blocks.size());
    json.put("blocksWithReceipts", blocks.stream().filter(b -> b.receipts().isPresent()).count());
    json.put("blocksVerified", blocks.stream().filter(Block::isVerified).count());
    json.put("bytesKept", blocks.stream().mapToLong(Block::bytes).sum());
    json.put(
        "receiptBytesKept",
        blocks.stream()
            .flatMap(block -> block.receipts().stream())
            .mapToLong(BlockReceipts::bytes)
            .sum());
  }

  private static String agreement(ChainLog.Quorum quorum) {
    return switch (quorum.present()) {
      case 0 -> "none: no provider shows the chain";
      case 1 -> "single: one group of providers is followed, nobody confirms it";
      default -> quorum.needed() + " of " + quorum.present() + " groups of providers";
    };
  }

  private static Map<String, Object> head(Head head) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("number", head.number());
    json.put("hash", head.hash().toString());
    return json;
  }
}

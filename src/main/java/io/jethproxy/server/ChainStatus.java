package io.jethproxy.server;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Head;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the status page says of one chain. */
final class ChainStatus {

  private ChainStatus() {}

  static Map<String, Object> of(ChainLog log) {
    View view = log.view();
    ChainLog.Quorum quorum = log.quorum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tip", view.tip().map(Block::head).map(ChainStatus::head).orElse(Map.of()));
    json.put("safe", view.safe().map(ChainStatus::head).orElse(Map.of()));
    json.put("finalized", view.finalized().map(ChainStatus::head).orElse(Map.of()));
    json.put("groupsNeeded", quorum.needed());
    json.put("groupsPresent", quorum.present());
    json.put("agreement", agreement(quorum));
    json.put("blocksKept", view.blocks().size());
    json.put(
        "blocksWithReceipts", view.blocks().stream().filter(b -> b.receipts().isPresent()).count());
    json.put("blocksVerified", view.blocks().stream().filter(Block::isVerified).count());
    json.put("bytesKept", view.blocks().stream().mapToLong(Block::bytes).sum());
    return json;
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

  /** Nothing for a network without a log. */
  static Map<String, Object> of(Optional<ChainLog> log) {
    return log.map(ChainStatus::of).orElseGet(Map::of);
  }
}

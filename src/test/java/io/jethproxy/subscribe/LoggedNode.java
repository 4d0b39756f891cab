package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Hex;
import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A made chain with logs as several providers serve it over HTTP: blocks, receipts and logs by hash
 * or number. Changed by the test's thread, read by the providers'.
 */
final class LoggedNode {

  private final LoggedChain chain = new LoggedChain();
  private final NavigableMap<Long, Block> canonical = new ConcurrentSkipListMap<>();
  private final Map<String, Block> blocks = new ConcurrentHashMap<>();
  private final Map<String, String> receipts = new ConcurrentHashMap<>();

  /** Whether all of its providers give no logs, as before they have looked at a block. */
  volatile boolean isWithoutLogs;

  LoggedNode() {
    chain
        .chains()
        .of(LoggedChain.CHAIN_ID)
        .orElseThrow()
        .onMoved(moved -> {
          for (Block block : moved.added()) {
            receipts.put(block.hash().toString(), chain.receipts(block).text());
            blocks.put(block.hash().toString(), block);
            canonical.put(block.number(), block);
          }
          if (!moved.added().isEmpty()) {
            canonical.tailMap(moved.added().getLast().number(), false).clear();
          }
        });
  }

  LoggedChain chain() {
    return chain;
  }

  Block tip() {
    return canonical.lastEntry().getValue();
  }

  NavigableMap<Long, Block> canonical() {
    return canonical;
  }

  /** Another provider of it. */
  FakeProvider provider() {
    FakeProvider provider = FakeProvider.start(FakeWorld.ofChain(LoggedChain.CHAIN_ID));
    serve(provider, "eth_blockNumber", _ -> '"' + Hex.quantity(tip().number()) + '"');
    serve(provider, "eth_getBlockByNumber", asked -> json(byNumber(first(asked))));
    serve(provider, "eth_getBlockByHash", asked -> json(blocks.get(first(asked).asString())));
    serve(
        provider,
        "eth_getBlockReceipts",
        asked -> {
          JsonNode reference = first(asked);
          Block block = blocks.get(reference.asString());
          block = block == null ? byNumber(reference) : block;
          return block == null || isWithoutLogs
              ? "null"
              : receipts.getOrDefault(block.hash().toString(), "[]");
        });
    serve(provider, "eth_getLogs", asked -> isWithoutLogs ? "[]" : logs(first(asked)));
    return provider;
  }

  private static void serve(FakeProvider provider, String method, Function<Asked, String> result) {
    provider.on(method).answerWith(asked -> "\"result\":" + result.apply(asked));
  }

  private static JsonNode first(Asked asked) {
    return JsonMapper.shared().readTree(asked.params()).path(0);
  }

  private @Nullable Block byNumber(JsonNode reference) {
    return switch (reference.asString("latest")) {
      case "latest", "pending" -> tip();
      case "safe", "finalized", "earliest" -> canonical.firstEntry().getValue();
      case String number -> canonical.get(Long.decode(number));
    };
  }

  private static String json(@Nullable Block block) {
    return block == null ? "null" : block.json().text();
  }

  private String logs(JsonNode filter) {
    if (filter.has("blockHash")) {
      String all = receipts.get(filter.path("blockHash").asString());
      return all == null ? "[]" : Polling.logs(all);
    }
    StringBuilder found = new StringBuilder("[");
    canonical
        .subMap(number(filter, "fromBlock"), true, number(filter, "toBlock"), true)
        .values()
        .forEach(block -> {
          String logs = Polling.logs(receipts.getOrDefault(block.hash().toString(), "[]"));
          found
              .append(found.length() > 1 && logs.length() > 2 ? "," : "")
              .append(logs, 1, logs.length() - 1);
        });
    return found.append(']').toString();
  }

  private static long number(JsonNode filter, String key) {
    return Long.decode(filter.path(key).asString());
  }
}

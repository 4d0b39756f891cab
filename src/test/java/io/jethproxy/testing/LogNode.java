package io.jethproxy.testing;

import java.util.List;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/**
 * How a provider serves {@code eth_getLogs}: the {@link FakeLogs}, within limits that may be
 * changed at any time, with a vendor's words beyond them.
 */
public final class LogNode {

  /** The member of an answer to too much: asked for from one block to another. */
  public interface Words extends BiFunction<Long, Long, String> {}

  private final FakeLogs logs;
  private volatile long blocksMax = Long.MAX_VALUE;
  private volatile int resultsMax = Integer.MAX_VALUE;
  private volatile Words tooWide = LogNode::tooMany;
  private volatile Words tooMany = LogNode::tooMany;

  private LogNode(FakeLogs logs) {
    this.logs = logs;
  }

  /** Lets the provider serve logs. */
  public static LogNode on(FakeProvider provider, FakeLogs logs) {
    LogNode node = new LogNode(logs);
    provider.on("eth_getLogs").answerWith(node::member);
    return node;
  }

  private static String tooMany(long from, long to) {
    return error(
        -32005,
        "query returned more than 10000 results. Try with this block range [0x%x, 0x%x]."
            .formatted(from, from + (to - from) / 3));
  }

  public static String error(int code, String message) {
    return "\"error\":{\"code\":%d,\"message\":\"%s\"}".formatted(code, message);
  }

  public LogNode blocksMax(long blocks, Words words) {
    tooWide = words;
    blocksMax = blocks;
    return this;
  }

  public LogNode blocksMax(long blocks) {
    return blocksMax(blocks, (_, _) -> error(-32602, "query exceeds max block range " + blocks));
  }

  public LogNode resultsMax(int results) {
    return resultsMax(results, LogNode::tooMany);
  }

  public LogNode resultsMax(int results, Words words) {
    tooMany = words;
    resultsMax = results;
    return this;
  }

  private String member(Asked asked) {
    JsonNode filter = RpcText.JSON.readTree(asked.params()).path(0);
    long from = number(filter.path("fromBlock"));
    long to = number(filter.path("toBlock"));
    if (to - from + 1 > blocksMax) {
      return tooWide.apply(from, to);
    }
    List<FakeLogs.Entry> found = logs.of(from, to, filter);
    return found.size() > resultsMax ? tooMany.apply(from, to) : "\"result\":" + logs.json(found);
  }

  private static long number(JsonNode quantity) {
    return Long.parseLong(quantity.asString().substring(2), 16);
  }
}

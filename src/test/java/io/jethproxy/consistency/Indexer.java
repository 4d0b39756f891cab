package io.jethproxy.consistency;

import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Follows the head: each new block by number and by hash, its receipts, its logs by number and by
 * hash, and the state at it.
 */
final class Indexer implements Workload {

  private static final int BLOCKS_PER_STEP_MAX = 2;
  private static final int STEPS_BACK_MAX = 4;

  private final Random random;
  private final String contract;
  private long next = -1;

  Indexer(Random random, String contract) {
    this.random = random;
    this.contract = contract;
  }

  @Override
  public String name() {
    return "indexer";
  }

  @Override
  public void step(Session session) {
    JsonNode head = session.ask("eth_blockNumber", "[]");
    if (!head.isString()) {
      return;
    }
    long newest = Json.number(head);
    if (next < 0 || next > newest) {
      next = Math.max(1, newest - random.nextInt(STEPS_BACK_MAX));
    }
    long from = next;
    long to = Math.min(newest, next + BLOCKS_PER_STEP_MAX - 1);
    for (long number = from; number <= to; number++) {
      index(session, number);
    }
    session.ask(
        "eth_getLogs",
        "[{\"fromBlock\":%s,\"toBlock\":%s,\"address\":\"%s\"}]"
            .formatted(Json.hex(Math.max(1, from - 3)), Json.hex(to), contract));
    next = to + 1 - random.nextInt(2);
  }

  private void index(Session session, long number) {
    String hex = Json.hex(number);
    JsonNode block = session.ask("eth_getBlockByNumber", "[" + hex + ",false]");
    session.ask("eth_getBlockReceipts", "[" + hex + "]");
    session.ask("eth_getBalance", "[\"%s\",%s]".formatted(contract, hex));
    Session.Question probe = Workload.probe(hex);
    session.ask(probe.method(), probe.params());
    String hash = Json.quoted(block.path("hash").asString(""));
    if (hash.length() > 2) {
      session.ask("eth_getBlockByHash", "[" + hash + ",false]");
      session.ask("eth_getBlockReceipts", "[" + hash + "]");
      session.ask("eth_getLogs", "[{\"blockHash\":" + hash + "}]");
      for (JsonNode transaction : block.path("transactions")) {
        session.ask("eth_getTransactionReceipt", "[" + transaction + "]");
      }
    }
  }
}

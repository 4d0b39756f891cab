package io.jethproxy.nodes;

import io.jethproxy.testing.Anvil;
import io.jethproxy.testing.AnvilTrio;
import io.jethproxy.testing.Minings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/**
 * What is true of a chain of real nodes, block by block, as the conductor that mines it saw it. A
 * block becomes true when all nodes that follow have it. One thread writes, any reads.
 */
final class Truth {

  private static final String RICH = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
  private static final long FEE_WEI = 100_000_000_000L;

  /** Deploys a contract that logs whenever it is called and keeps what it is given. */
  private static final String LOGGER_INIT = "0x625f5fa05f526003601df3";

  /**
   * One block.
   *
   * @param saved the balance of the logging contract after it, in wei
   * @param nonce of the account that sends, after it
   * @param knownNanos when all that follow had it
   */
  record Block(
      long number,
      String hash,
      String parent,
      long timestamp,
      String transaction,
      long saved,
      long nonce,
      long knownNanos) {}

  private final AnvilTrio trio;
  private final long chainId;
  private final List<Block> blocks = new CopyOnWriteArrayList<>();
  private volatile long beingMined;
  private String contract = "";

  /** Begins the chain: deploys the contract in block 1. Genesis is not part of the truth. */
  Truth(AnvilTrio trio, long chainId) {
    this.trio = trio;
    this.chainId = chainId;
    send("\"data\":\"" + LOGGER_INIT + "\",\"value\":\"0x0\"", 0);
    trio.mine();
    JsonNode block = trio.node(0).block(1);
    String transaction = block.path("transactions").path(0).asString();
    contract =
        trio.node(0)
            .rpc("eth_getTransactionReceipt", "[\"" + transaction + "\"]")
            .path("contractAddress")
            .asString();
    add(block, 0);
  }

  String sender() {
    return RICH;
  }

  String contract() {
    return contract;
  }

  /** The newest true block. */
  Block head() {
    return blocks.getLast();
  }

  /** A block by its number, from 1. */
  Block block(long number) {
    return blocks.get((int) number - 1);
  }

  boolean has(long number) {
    return number >= 1 && number <= blocks.size();
  }

  /** The highest number that any honest node may show now. */
  long highest() {
    return beingMined;
  }

  /** When which block was mined at whichever node. */
  Minings minings() {
    return trio.minings();
  }

  /** The number that every node that follows had so long before this moment. */
  long knownBefore(long nanos, Duration before) {
    for (int i = blocks.size() - 1; i > 0; i--) {
      if (blocks.get(i).knownNanos() + before.toNanos() - nanos < 0) {
        return blocks.get(i).number();
      }
    }
    return 1;
  }

  /** Mines the next block on all nodes that follow, with one call of the contract in it. */
  void mine(Anvil follower) {
    Block parent = head();
    beingMined = parent.number() + 1;
    long wei = parent.number();
    send("\"to\":\"%s\",\"value\":\"0x%x\"".formatted(contract, wei), parent.nonce());
    trio.mine();
    add(follower.block(parent.number() + 1), parent.saved() + wei);
  }

  private void add(JsonNode block, long saved) {
    long number = Long.decode(block.path("number").asString());
    blocks.add(
        new Block(
            number,
            block.path("hash").asString(),
            block.path("parentHash").asString(),
            Long.decode(block.path("timestamp").asString()),
            block.path("transactions").path(0).asString(),
            saved,
            number,
            System.nanoTime()));
    beingMined = number;
  }

  /** Signed by a node, as it has the key of its first account; the same bytes for all. */
  private void send(String what, long nonce) {
    String transaction =
        "[{\"from\":\"%s\",%s,\"nonce\":\"0x%x\",\"gas\":\"0x186a0\",\"gasPrice\":\"0x%x\",\"chainId\":\"0x%x\"}]"
            .formatted(RICH, what, nonce, FEE_WEI, chainId);
    trio.send(signer().rpc("eth_signTransaction", transaction).asString());
  }

  /** Any node that can answer now. */
  private Anvil signer() {
    return trio.followers().findFirst().map(trio::node).orElseThrow();
  }
}

package io.jethproxy.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Three real nodes that agree because a conductor mines on each the same blocks with the same
 * timestamps. It can let one lag, fork or restart, and reorganise all. Its own list of blocks is
 * the truth; nodes are numbered 0..2. Driven by one thread.
 *
 * <p>Anvil keeps its base fee when it rolls back; so the conductor sets the base fee that follows
 * from the parent (EIP-1559) before each block, else the hashes would differ.
 */
public final class AnvilTrio implements AutoCloseable {

  private static final long GENESIS_SECONDS = 1_700_000_000;
  private static final long BLOCK_SECONDS = 12;

  private record Block(long timestamp, List<String> transactions) {}

  private final List<Anvil> nodes;
  private final boolean[] following = {true, true, true};
  private final long[] agreed = new long[3]; // the newest block each shares with the truth
  private final List<Block> blocks = new ArrayList<>(); // the truth, from block 1
  private final List<String> unmined = new ArrayList<>();
  private final Minings minings = new Minings();
  private int reorganisations;

  private AnvilTrio(long chainId) {
    Anvil.Options options = Anvil.Options.conducted(GENESIS_SECONDS).chainId(chainId);
    List<Anvil> started = new ArrayList<>();
    try {
      for (int i = 0; i < following.length; i++) {
        started.add(Anvil.start(options));
      }
    } catch (RuntimeException | Error e) {
      started.forEach(Anvil::close);
      throw e;
    }
    nodes = List.copyOf(started);
  }

  /** Three nodes at genesis; skips the test where anvil is not installed. */
  public static AnvilTrio start(long chainId) {
    return new AnvilTrio(chainId);
  }

  public Anvil node(int i) {
    return nodes.get(i);
  }

  public List<Anvil> nodes() {
    return nodes;
  }

  /** When true blocks were mined, at whichever node. */
  public Minings minings() {
    return minings;
  }

  /** The number of the newest true block. */
  public long head() {
    return blocks.size();
  }

  /** Each node's hash of a block; nodes that do not have it are left out. */
  public List<String> hashes(long number) {
    return nodes.stream().flatMap(node -> node.hash(number).stream()).toList();
  }

  /** Sends a signed transaction to all nodes that follow; it is in the next block. */
  public void send(String rawTransaction) {
    unmined.add(rawTransaction);
    followers().forEach(i -> sendTo(i, rawTransaction));
  }

  /** Mines the next block on all nodes that follow. */
  public void mine() {
    mineAt(GENESIS_SECONDS + (blocks.size() + 1) * BLOCK_SECONDS + reorganisations);
  }

  public void mine(int count) {
    for (int i = 0; i < count; i++) {
      mine();
    }
  }

  /** From now on this node gets no blocks and no transactions. */
  public void lag(int i) {
    following[i] = false;
  }

  /** Takes a node that lags or has forked to the head, and lets it follow again. */
  public void catchUp(int i) {
    Anvil node = nodes.get(i);
    long surplus = node.head() - agreed[i];
    if (surplus > 0) {
      node.rpc("anvil_rollback", "[" + surplus + "]");
    }
    while (agreed[i] < blocks.size()) {
      replay(i, agreed[i] + 1);
      agreed[i]++;
    }
    unmined.forEach(transaction -> sendTo(i, transaction));
    following[i] = true;
  }

  /** Replaces a node's newest {@code depth} blocks by {@code length} empty ones of its own. */
  public void fork(int i, int depth, int length) {
    lag(i);
    Anvil node = nodes.get(i);
    long top = node.head();
    if (depth > 0) {
      node.rpc("anvil_rollback", "[" + depth + "]");
    }
    agreed[i] = Math.min(agreed[i], top - depth);
    for (int n = 1; n <= length; n++) {
      setBaseFee(node);
      node.mine(GENESIS_SECONDS + (top - depth + n) * BLOCK_SECONDS + 6);
    }
  }

  /** Replaces the newest {@code depth} true blocks by {@code length} empty ones, on all nodes. */
  public void reorg(int depth, int length) {
    int kept = blocks.size() - depth;
    blocks.subList(kept, blocks.size()).clear();
    unmined.clear();
    reorganisations = (reorganisations + 1) % 6;
    for (int i = 0; i < nodes.size(); i++) {
      if (following[i]) {
        nodes.get(i).rpc("anvil_rollback", "[" + depth + "]");
      }
      agreed[i] = Math.min(agreed[i], kept);
    }
    mine(length);
  }

  /** Kills a node's process, starts it anew on its port and replays the true chain. */
  public void restart(int i) {
    nodes.get(i).restart();
    agreed[i] = 0;
    catchUp(i);
  }

  @Override
  public void close() {
    nodes.forEach(Anvil::close);
  }

  private void mineAt(long timestamp) {
    Block block = new Block(timestamp, List.copyOf(unmined));
    unmined.clear();
    blocks.add(block);
    followers()
        .forEach(i -> {
          setBaseFee(nodes.get(i));
          mine(i, blocks.size(), timestamp);
          agreed[i] = blocks.size();
        });
  }

  private void replay(int i, long number) {
    Block block = blocks.get((int) number - 1);
    block.transactions().forEach(transaction -> sendTo(i, transaction));
    setBaseFee(nodes.get(i));
    mine(i, number, block.timestamp());
  }

  private void mine(int i, long number, long timestamp) {
    long from = System.nanoTime();
    nodes.get(i).mine(timestamp);
    minings.add(number, from, System.nanoTime());
  }

  private void sendTo(int i, String rawTransaction) {
    JsonNode answer = nodes.get(i).ask("eth_sendRawTransaction", "[\"" + rawTransaction + "\"]");
    String message = answer.path("error").path("message").asString("");
    if (!message.isEmpty() && !message.contains("already")) {
      throw new AssertionError("node " + i + " refuses the transaction: " + message);
    }
  }

  /** The nodes that get what is mined and sent now. */
  public Stream<Integer> followers() {
    return IntStream.range(0, nodes.size()).filter(i -> following[i]).boxed();
  }

  /** What EIP-1559 asks of the block after the newest. */
  private static void setBaseFee(Anvil node) {
    JsonNode parent = node.rpc("eth_getBlockByNumber", "[\"latest\",false]");
    long fee = Long.decode(parent.path("baseFeePerGas").asString());
    long target = Long.decode(parent.path("gasLimit").asString()) / 2;
    long used = Long.decode(parent.path("gasUsed").asString());
    long step = fee * Math.abs(used - target) / target / 8;
    long next = used > target ? fee + Math.max(1, step) : fee - step;
    node.rpc("anvil_setNextBlockBaseFeePerGas", "[\"0x%x\"]".formatted(next));
  }

  @Override
  public String toString() {
    return "trio at " + blocks.size() + ", agreed " + Arrays.toString(agreed);
  }
}

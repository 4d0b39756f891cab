package io.jethproxy.testing;

import static io.jethproxy.testing.FakeHeader.keccak;
import static io.jethproxy.testing.FakeHeader.quantity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;

/**
 * A small Ethereum: empty blocks 12 seconds apart with true header hashes, fixed balances, no logs.
 * Two worlds with equal forks have equal blocks. May be shared between providers and changed at any
 * time.
 */
public final class FakeWorld {

  /** Bounds the blocks that are computed, each a few hundred bytes. */
  public static final long NUMBER_MAX = 100_000;

  private static final long GENESIS_SECONDS = 1_700_000_000;
  private static final int BLOCK_SECONDS = 12;
  private static final long SAFE_BEHIND = 32;
  private static final long FINALIZED_BEHIND = 64;
  private static final String BEYOND_HEAD =
      "\"error\":{\"code\":-32000,\"message\":\"header not found\"}";

  private record Block(FakeHeader header, String hash) {}

  private final long chainId;
  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, Integer> numberByHash = new HashMap<>();
  private final TreeMap<Long, String> forks = new TreeMap<>(Map.of(0L, "main"));
  private final Set<Long> lies = new HashSet<>();
  private final List<String> sent = new ArrayList<>();
  private long head;
  private long genesisSeconds = GENESIS_SECONDS;
  private boolean ownHeaders;
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

  private FakeWorld(long chainId, long head) {
    this.chainId = chainId;
    move(head);
  }

  /** A chain at block 1,000. */
  public static FakeWorld ofChain(long chainId) {
    return new FakeWorld(chainId, 1_000);
  }

  /** Tells of each block that is newer than the one before, on the thread that makes it so. */
  void onNewHead(LongConsumer listener) {
    listeners.add(listener);
  }

  /** Sets the newest block. */
  public FakeWorld head(long number) {
    if (move(number)) {
      listeners.forEach(listener -> listener.accept(number));
    }
    return this;
  }

  /** True when the newest block is newer than before. */
  private synchronized boolean move(long number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException(
          "head: " + number + " (expected: 0.." + NUMBER_MAX + "; script other answers)");
    }
    boolean isNewer = number > head;
    head = number;
    return isNewer;
  }

  public synchronized long head() {
    return head;
  }

  /** Adds a block and gives its number. */
  public long mine() {
    long next;
    synchronized (this) {
      next = head + 1;
      move(next);
    }
    listeners.forEach(listener -> listener.accept(next));
    return next;
  }

  /** Replaces the blocks from {@code number} on: worlds with the same label agree again. */
  public synchronized FakeWorld forkFrom(long number, String label) {
    forks.tailMap(number, true).clear();
    forks.put(number, label);
    while (blocks.size() > number) {
      numberByHash.remove(blocks.removeLast().hash());
    }
    return this;
  }

  /** From now on gives another hash for this block, which its header does not have. */
  public synchronized FakeWorld lieAboutBlock(long number) {
    lies.add(number);
    return this;
  }

  /** Begins its chain at another time, so that all blocks are others. */
  public synchronized FakeWorld since(long seconds) {
    genesisSeconds = seconds;
    blocks.clear();
    numberByHash.clear();
    return this;
  }

  /** Shows blocks without a field that Ethereum's have, so that nobody can link or check them. */
  public synchronized FakeWorld withOwnHeaders() {
    ownHeaders = true;
    return this;
  }

  public synchronized FakeWorld stopLying() {
    lies.clear();
    return this;
  }

  public long chainId() {
    return chainId;
  }

  /** The hash that this world gives out for a block. */
  public synchronized String hash(long number) {
    String honest = block(number).hash();
    return lies.contains(number) ? keccak(HexFormat.of().parseHex(honest.substring(2))) : honest;
  }

  /** The raw transactions that were sent here, at most the first 10,000, in order. */
  public synchronized List<String> sent() {
    return List.copyOf(sent);
  }

  /** The member {@code "result":…} or {@code "error":…} of the answer. */
  synchronized String reply(String method, JsonNode params) {
    return switch (method) {
      case "eth_chainId" -> text(quantity(chainId));
      case "net_version" -> text(Long.toString(chainId));
      case "eth_blockNumber" -> text(quantity(head));
      case "eth_syncing" -> result("false");
      case "net_listening" -> result("true");
      case "net_peerCount" -> text("0x19");
      case "web3_clientVersion" -> text("Fake/v1.0.0");
      case "eth_gasPrice", "eth_maxPriorityFeePerGas" -> text("0x3b9aca00");
      case "eth_getBlockByNumber" -> blockByNumber(params.path(0));
      case "eth_getBlockByHash" -> blockByHash(params.path(0));
      case "eth_getBalance" -> state(params.path(1), text("0xde0b6b3a7640000"));
      case "eth_getCode" -> state(params.path(1), text("0x"));
      case "eth_getTransactionCount" -> state(params.path(1), text("0x0"));
      case "eth_getStorageAt" -> state(params.path(2), text("0x" + "0".repeat(64)));
      case "eth_call" -> state(params.path(1), text("0x" + "0".repeat(63) + "1"));
      case "eth_estimateGas" -> state(params.path(1), text("0x5208"));
      case "eth_getLogs" -> result("[]");
      case "eth_getBlockReceipts" -> state(params.path(0), result("[]"));
      case "eth_getTransactionReceipt", "eth_getTransactionByHash" -> result("null");
      case "eth_sendRawTransaction" -> send(params.path(0));
      case "" -> "\"error\":{\"code\":-32600,\"message\":\"invalid request\"}";
      default ->
          "\"error\":{\"code\":-32601,\"message\":\"the method does not exist/is not available\"}";
    };
  }

  private String send(JsonNode raw) {
    if (!raw.isString() || !raw.asString().matches("0x([0-9a-fA-F]{2})*")) {
      return "\"error\":{\"code\":-32602,\"message\":\"invalid argument 0: hex string expected\"}";
    }
    if (sent.size() < 10_000) {
      sent.add(raw.asString());
    }
    return text(keccak(HexFormat.of().parseHex(raw.asString().substring(2))));
  }

  private String blockByNumber(JsonNode reference) {
    long number = numberOf(reference);
    return number < 0 || number > head ? result("null") : result(json(number));
  }

  private String blockByHash(JsonNode hash) {
    block(head);
    Integer number = numberByHash.get(hash.asString(""));
    return number == null || number > head ? result("null") : result(json(number));
  }

  private String state(JsonNode reference, String answer) {
    long number = numberOf(reference);
    return number < 0 || number > head ? BEYOND_HEAD : answer;
  }

  /** The block that is meant, or a negative number when it is unknown. */
  private long numberOf(JsonNode reference) {
    if (reference.isObject()) {
      block(head);
      return reference.has("blockHash")
          ? numberByHash.getOrDefault(reference.path("blockHash").asString(""), -1)
          : numberOf(reference.path("blockNumber"));
    }
    String text = reference.isString() ? reference.asString() : "latest";
    return switch (text) {
      case "latest", "pending" -> head;
      case "safe" -> Math.max(0, head - SAFE_BEHIND);
      case "finalized" -> Math.max(0, head - FINALIZED_BEHIND);
      case "earliest" -> 0;
      default -> {
        if (text.matches("0x[0-9a-f]{1,15}")) {
          yield Long.parseLong(text.substring(2), 16);
        }
        yield numberByHash.getOrDefault(text, -1);
      }
    };
  }

  /** A block as the newest one is told of. */
  synchronized String header(long number) {
    return json(number);
  }

  private String json(long number) {
    String json = block(number).header().json(hash(number));
    return ownHeaders ? json.replaceFirst("\"logsBloom\":\"0x0*\",?", "") : json;
  }

  private Block block(long number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("block: " + number + " (expected: 0.." + NUMBER_MAX + ")");
    }
    while (blocks.size() <= number) {
      long next = blocks.size();
      String parent = next == 0 ? "0x" + "0".repeat(64) : blocks.getLast().hash();
      FakeHeader header =
          new FakeHeader(
              next,
              parent,
              forks.floorEntry(next).getValue(),
              genesisSeconds + next * BLOCK_SECONDS);
      blocks.add(new Block(header, header.hash()));
      numberByHash.put(blocks.getLast().hash(), (int) next);
    }
    return blocks.get((int) number);
  }

  private static String text(String value) {
    return result('"' + value + '"');
  }

  private static String result(String json) {
    return "\"result\":" + json;
  }
}

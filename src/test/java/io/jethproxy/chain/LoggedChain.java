package io.jethproxy.chain;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * A chain log with blocks that have transactions and logs, true roots and true hashes; what it is
 * told, two providers say.
 */
public final class LoggedChain {

  public static final long CHAIN_ID = 1;

  private final ChainLog log = new ChainLog(ChainLog.Config.DEFAULTS, TimeUnit.SECONDS.toNanos(12));
  private final Chains chains = new Chains();
  private final Map<Hash, RawJson> receipts = new HashMap<>();
  private long now;

  /** The logs that the network of {@link #CHAIN_ID} is read from. */
  public Chains chains() {
    chains.add(CHAIN_ID, log);
    return chains;
  }

  public View view() {
    return log.view();
  }

  /** A block on nothing, the first of the ring, without transactions. */
  public Block first(long number) {
    return grow(number, Hash.ZERO, 0, List.of());
  }

  /** Puts an empty block on top. */
  public Block mine() {
    return mine(List.of());
  }

  /** Puts a block on top whose transactions have these logs. */
  public Block mine(List<List<Log>> logsByTransaction) {
    Block tip = view().tip().orElseThrow();
    return grow(tip.number() + 1, tip.hash(), 0, logsByTransaction);
  }

  /** A block that would be on top, which no provider has shown yet. */
  public Block next(List<List<Log>> logsByTransaction) {
    Block tip = view().tip().orElseThrow();
    return made(tip.number() + 1, tip.hash(), 0, logsByTransaction);
  }

  /** Grows another branch from a block, until it is longer; the last block has these logs. */
  public Block reorganise(long parentNumber, long variant, List<List<Log>> logsByTransaction) {
    Block last = view().block(parentNumber).orElseThrow();
    for (long number = parentNumber + 1; number <= view().tipNumber(); number++) {
      last = made(number, last.hash(), variant, List.of());
      log.add(last);
    }
    return show(made(last.number() + 1, last.hash(), variant, logsByTransaction));
  }

  /** Grows another branch from a block, until it is longer; each block has logs of its own. */
  public Block reorganise(
      long parentNumber, long variant, LongFunction<List<List<Log>>> logsByTransaction) {
    Block last = view().block(parentNumber).orElseThrow();
    for (long number = parentNumber + 1; number <= view().tipNumber() + 1; number++) {
      last = made(number, last.hash(), variant, logsByTransaction.apply(number));
      log.add(last);
    }
    return show(last);
  }

  /** Gives a block its receipts. */
  public void keepReceipts(Block block) {
    RawJson json = receipts(block);
    log.receipts(block.hash(), BlockReceipts.read(json, block.head()).orElseThrow());
  }

  /** Gives all blocks of the ring their receipts. */
  public void keepReceipts() {
    List.copyOf(view().blocks()).forEach(this::keepReceipts);
  }

  /** The receipts of a block as a provider gives them. */
  public RawJson receipts(Block block) {
    return receipts.getOrDefault(block.hash(), RawJson.of("[]"));
  }

  /** The hash of a transaction. */
  public static Hash transaction(Block block, int index) {
    String name = block.number() + block.header().text(HeaderField.EXTRA_DATA) + index;
    return Keccak.hash(name.getBytes(StandardCharsets.US_ASCII));
  }

  /** Providers agree on what is safe and finalized. */
  public void settled(Block safe, Block finalized) {
    settled(Optional.of(safe.head()), Optional.of(finalized.head()));
  }

  /** Providers say the same of what is safe and finalized, or both that they do not know. */
  public void settled(Optional<Head> safe, Optional<Head> finalized) {
    for (String provider : List.of("a", "b")) {
      log.claim(provider, provider, safe, finalized);
    }
  }

  /** One provider says what is safe and finalized. */
  public void settled(String provider, Block finalized) {
    Optional<Head> head = Optional.of(finalized.head());
    log.claim(provider, provider, head, head);
  }

  private Block grow(long number, Hash parent, long variant, List<List<Log>> logs) {
    return show(made(number, parent, variant, logs));
  }

  /** The providers show a block that was made elsewhere. */
  public void follow(Block block) {
    show(block);
  }

  /** The ring grows down by a block that was made elsewhere, as after a start. */
  public void growDown(Block older) {
    if (!log.extendDown(older)) {
      throw new IllegalStateException("not the parent of the oldest: " + older.head());
    }
  }

  /** Providers have the receipts that were made there. */
  public void takeReceiptsOf(LoggedChain other) {
    receipts.putAll(other.receipts);
  }

  private Block show(Block block) {
    now += TimeUnit.SECONDS.toNanos(12);
    log.show("a", "a", block, now);
    log.show("b", "b", block, now);
    log.settle(now);
    return block;
  }

  private Block made(long number, Hash parent, long variant, List<List<Log>> logs) {
    List<Receipt> made = new ArrayList<>();
    Bloom bloom = Bloom.EMPTY;
    for (List<Log> each : logs) {
      made.add(new Receipt(2, true, 21_000L * (made.size() + 1), each));
      bloom = bloom.or(made.getLast().bloom());
    }
    Header header = header(number, parent, variant, made, bloom);
    Block bare = new Block(header.head(), header, true, RawJson.of("{}"), Optional.empty());
    Block block = new Block(header.head(), header, true, json(bare, logs.size()), Optional.empty());
    receipts.put(block.hash(), receiptsJson(block, made));
    return block;
  }

  private static Header header(
      long number, Hash parent, long variant, List<Receipt> receipts, Bloom bloom) {
    Map<HeaderField, byte[]> fields = new EnumMap<>(HeaderField.class);
    for (HeaderField field : HeaderField.values()) {
      if (field.isOriginal()) {
        fields.put(field, new byte[0]);
      }
    }
    fields.put(HeaderField.PARENT_HASH, parent.bytes());
    fields.put(HeaderField.UNCLES_HASH, Header.NO_UNCLES.bytes());
    fields.put(HeaderField.MINER, new byte[20]);
    fields.put(HeaderField.STATE_ROOT, Keccak.hash(Rlp.quantity(number)).bytes());
    fields.put(HeaderField.TRANSACTIONS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(
        HeaderField.RECEIPTS_ROOT,
        Trie.rootOf(receipts.stream().map(Receipt::encoded).toList()).bytes());
    fields.put(HeaderField.LOGS_BLOOM, bloom.bytes());
    fields.put(HeaderField.NUMBER, BigInteger.valueOf(number).toByteArray());
    fields.put(HeaderField.EXTRA_DATA, BigInteger.valueOf(variant).toByteArray());
    fields.put(HeaderField.MIX_HASH, new byte[32]);
    fields.put(HeaderField.NONCE, new byte[8]);
    return Header.of(fields);
  }

  private static RawJson json(Block block, int transactions) {
    List<String> hashes = new ArrayList<>();
    for (int i = 0; i < transactions; i++) {
      hashes.add("\"" + transaction(block, i) + "\"");
    }
    StringBuilder fields = new StringBuilder();
    for (HeaderField field : HeaderField.values()) {
      if (block.header().has(field)) {
        fields.append("\"%s\":\"%s\",".formatted(field.key(), block.header().text(field)));
      }
    }
    return RawJson.of(
        "{%s\"hash\":\"%s\",\"transactions\":[%s],\"uncles\":[]}"
            .formatted(fields, block.hash(), String.join(",", hashes)));
  }

  private static RawJson receiptsJson(Block block, List<Receipt> made) {
    List<String> receipts = new ArrayList<>();
    int logIndex = 0;
    for (int i = 0; i < made.size(); i++) {
      String place =
          "\"blockHash\":\"%s\",\"blockNumber\":\"%s\",\"transactionHash\":\"%s\",\"transactionIndex\":\"%s\""
              .formatted(
                  block.hash(),
                  Hex.quantity(block.number()),
                  transaction(block, i),
                  Hex.quantity(i));
      List<String> logs = new ArrayList<>();
      for (Log log : made.get(i).logs()) {
        logs.add(logJson(log, place, logIndex++));
      }
      receipts.add(
          "{%s,\"type\":\"0x2\",\"status\":\"0x1\",\"cumulativeGasUsed\":\"%s\",\"effectiveGasPrice\":\"0x7\",\"logs\":[%s]}"
              .formatted(
                  place, Hex.quantity(made.get(i).cumulativeGasUsed()), String.join(",", logs)));
    }
    return RawJson.of("[" + String.join(",", receipts) + "]");
  }

  private static String logJson(Log log, String place, int index) {
    List<String> topics = log.topics().stream().map(topic -> "\"" + topic + "\"").toList();
    return "{\"address\":\"%s\",\"topics\":[%s],\"data\":\"%s\",%s,\"logIndex\":\"%s\",\"removed\":false}"
        .formatted(
            Hex.text(log.address()),
            String.join(",", topics),
            Hex.text(log.data()),
            place,
            Hex.quantity(index));
  }
}

package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A small chain in memory: transfers between a handful of accounts, a token, and a reorg now and
 * then. The same seed and the same calls make the same chain. Time comes from outside.
 *
 * <p>Whoever calls {@link #advanceTo}, {@link #mine}, {@link #reorg} or {@link #submit} writes, one
 * at a time; readers see the snapshot of the last change, from any thread. Only the last {@value
 * #BLOCKS_KEPT} blocks are kept.
 */
public final class DemoChain {

  /** What {@code eth_chainId} answers. */
  public static final long CHAIN_ID = 1337;

  static final int BLOCKS_KEPT = 2_048;
  static final int PENDING_MAX = 1_000;
  private static final int ORPHANS_KEPT = 64;
  private static final int BLOCKS_AT_ONCE_MAX = 256;
  private static final int SENT_PER_BLOCK_MAX = 50;
  private static final int MADE_PER_BLOCK_MAX = 4;
  private static final int REORG_DEPTH_MAX = 2;

  /**
   * How the chain behaves.
   *
   * @param seed of everything random
   * @param blockTimeMillis between blocks, positive
   * @param firstBlocks how many blocks there are at the start after the first one, 0 to 2,000
   * @param reorgEveryBlocks how often on average the chain changes its mind about one or two
   *     blocks; 0 for never
   */
  public record Config(long seed, int blockTimeMillis, int firstBlocks, int reorgEveryBlocks) {
    public Config {
      if (blockTimeMillis <= 0) {
        throw new IllegalArgumentException(
            "blockTimeMillis: " + blockTimeMillis + " (expected: > 0)");
      }
      if (firstBlocks < 0 || firstBlocks > 2_000) {
        throw new IllegalArgumentException("firstBlocks: " + firstBlocks + " (expected: 0..2000)");
      }
      if (reorgEveryBlocks < 0) {
        throw new IllegalArgumentException(
            "reorgEveryBlocks: " + reorgEveryBlocks + " (expected: >= 0)");
      }
    }
  }

  /**
   * The chain at one moment.
   *
   * @param canonical the kept blocks, oldest first, never empty
   * @param orphans blocks that a reorg dropped, oldest first
   * @param pending what was sent and is not in a block, oldest first
   */
  record Snapshot(
      List<DemoBlock> canonical, List<DemoBlock> orphans, List<DemoTransaction> pending) {

    DemoBlock head() {
      return canonical.getLast();
    }

    Optional<DemoBlock> byNumber(long number) {
      long index = number - canonical.getFirst().number();
      return index < 0 || index >= canonical.size()
          ? Optional.empty()
          : Optional.of(canonical.get((int) index));
    }
  }

  /** What became of a transaction that was sent. */
  public enum Submitted {
    ACCEPTED,
    ALREADY_KNOWN,
    POOL_FULL
  }

  private final Config config;
  private final Random random;
  private long nextBlockMillis;
  private long variants;
  private volatile Snapshot snapshot;

  /**
   * A chain whose last block was made just now.
   *
   * @param nowMillis since 1970
   */
  public DemoChain(Config config, long nowMillis) {
    this.config = config;
    this.random = new Random(config.seed());
    this.nextBlockMillis = nowMillis - (long) config.firstBlocks() * config.blockTimeMillis();
    this.snapshot = new Snapshot(List.of(block(Optional.empty(), List.of())), List.of(), List.of());
    for (int i = 0; i < config.firstBlocks(); i++) {
      mine();
    }
  }

  /**
   * Makes the blocks that are due. After a long sleep only the last ones are made up for.
   *
   * @param nowMillis since 1970; the past does nothing
   */
  public synchronized void advanceTo(long nowMillis) {
    long due = Math.floorDiv(nowMillis - nextBlockMillis, config.blockTimeMillis()) + 1;
    if (due > BLOCKS_AT_ONCE_MAX) {
      nextBlockMillis += (due - BLOCKS_AT_ONCE_MAX) * config.blockTimeMillis();
    }
    while (nextBlockMillis <= nowMillis) {
      if (isReorgDue()) {
        reorg(1 + random.nextInt(REORG_DEPTH_MAX));
      } else {
        mine();
      }
    }
  }

  /** Makes one block on top. */
  public synchronized void mine() {
    Snapshot now = snapshot;
    int taken = Math.min(now.pending().size(), SENT_PER_BLOCK_MAX);
    List<DemoBlock> blocks = new ArrayList<>(now.canonical());
    blocks.add(block(Optional.of(now.head()), now.pending().subList(0, taken)));
    snapshot =
        new Snapshot(
            last(blocks, BLOCKS_KEPT),
            now.orphans(),
            List.copyOf(now.pending().subList(taken, now.pending().size())));
  }

  /**
   * Replaces the last blocks by others and adds one, so that the new branch is longer. What was
   * sent is in the new branch too.
   *
   * @param depth how many blocks are dropped, fewer than the chain has
   */
  public synchronized void reorg(int depth) {
    Snapshot now = snapshot;
    int kept = now.canonical().size() - depth;
    if (depth < 1 || kept < 1) {
      throw new IllegalArgumentException("depth: " + depth + " (expected: fewer than the blocks)");
    }
    List<DemoBlock> dropped = now.canonical().subList(kept, now.canonical().size());
    List<DemoTransaction> pending = new ArrayList<>();
    dropped.forEach(
        block -> block.transactions().stream().filter(DemoTransaction::sent).forEach(pending::add));
    pending.addAll(now.pending());
    List<DemoBlock> orphans = new ArrayList<>(now.orphans());
    orphans.addAll(dropped);
    snapshot =
        new Snapshot(
            List.copyOf(now.canonical().subList(0, kept)),
            last(orphans, ORPHANS_KEPT),
            List.copyOf(pending));
    nextBlockMillis -= (long) depth * config.blockTimeMillis();
    for (int i = 0; i <= depth; i++) {
      mine();
    }
  }

  /** Takes a transaction for the next block. */
  public synchronized Submitted submit(byte[] raw) {
    Snapshot now = snapshot;
    DemoTransaction sent = DemoTransaction.sent(raw);
    if (isKnown(now, sent.hash())) {
      return Submitted.ALREADY_KNOWN;
    }
    if (now.pending().size() >= PENDING_MAX) {
      return Submitted.POOL_FULL;
    }
    List<DemoTransaction> pending = new ArrayList<>(now.pending());
    pending.add(sent);
    snapshot = new Snapshot(now.canonical(), now.orphans(), List.copyOf(pending));
    return Submitted.ACCEPTED;
  }

  public Head head() {
    return snapshot.head().head();
  }

  /** The canonical blocks that are kept, oldest first. */
  public List<Head> heads() {
    return snapshot.canonical().stream().map(DemoBlock::head).toList();
  }

  Snapshot snapshot() {
    return snapshot;
  }

  private boolean isReorgDue() {
    return config.reorgEveryBlocks() > 0
        && snapshot.canonical().size() > REORG_DEPTH_MAX
        && random.nextInt(config.reorgEveryBlocks()) == 0;
  }

  /** The next block and its time. */
  private DemoBlock block(Optional<DemoBlock> parent, List<DemoTransaction> sent) {
    Ledger ledger = parent.map(DemoBlock::ledger).orElseGet(Ledger::first);
    List<DemoTransaction> transactions = new ArrayList<>(sent);
    int made = parent.isEmpty() ? 0 : random.nextInt(MADE_PER_BLOCK_MAX + 1);
    for (int i = 0; i < made; i++) {
      List<Address> addresses = ledger.addresses();
      Address from = addresses.get(random.nextInt(addresses.size()));
      Address to = addresses.get(random.nextInt(addresses.size()));
      BigInteger amount = BigInteger.valueOf(1 + random.nextLong(1_000_000_000_000L));
      long nonce = ledger.account(from).nonce();
      boolean tokens = random.nextBoolean();
      transactions.add(
          tokens
              ? DemoTransaction.ofTokens(nonce, from, to, amount)
              : DemoTransaction.ofEther(nonce, from, to, amount));
      ledger =
          tokens
              ? ledger.after(from, to, BigInteger.ZERO, amount)
              : ledger.after(from, to, amount, BigInteger.ZERO);
    }
    long seconds = nextBlockMillis / 1000;
    nextBlockMillis += config.blockTimeMillis();
    return DemoBlock.of(
        parent.map(DemoBlock::number).orElse(-1L) + 1,
        parent.map(DemoBlock::hash).orElse(Hash.ZERO),
        seconds,
        ++variants,
        transactions,
        ledger);
  }

  private static boolean isKnown(Snapshot now, Hash hash) {
    return now.pending().stream().anyMatch(each -> each.hash().equals(hash))
        || now.canonical().stream()
            .flatMap(block -> block.transactions().stream())
            .anyMatch(each -> each.hash().equals(hash));
  }

  private static <T> List<T> last(List<T> all, int count) {
    return List.copyOf(all.subList(Math.max(0, all.size() - count), all.size()));
  }
}

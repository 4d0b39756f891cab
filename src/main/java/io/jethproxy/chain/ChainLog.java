package io.jethproxy.chain;

import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is true of one network's chain: a ring of its newest blocks, linked by parent hash.
 *
 * <p>Providers show their newest blocks; each is a vote, of its group of providers, for that block
 * and all before it. The head is the highest block that enough groups vote for and that links to
 * the ring. A gap and a reorganisation are the same thing to it: the way from the new head down its
 * parents to the first block that the ring has. A branch replaces another only with more votes than
 * that one has left, so a tie changes nothing, and one provider alone never turns the chain.
 *
 * <p>One loop writes, see {@link Follower}; everybody reads {@link #view}. Nothing here does I/O.
 */
public final class ChainLog {

  /** No block takes more than this part of the memory for blocks: it would push others out. */
  private static final int BLOCKS_IN_MEMORY_MIN = 16;

  /** A head further away than this is not linked block by block: what lies between is skipped. */
  static final int GAP_BLOCKS_MAX = 128;

  /**
   * How often all providers must show lower heads before the chain is believed to have gone back.
   */
  private static final int RETREAT_POLLS = 3;

  /**
   * How a log is kept.
   *
   * @param groups how many independent groups of providers must show a head; fewer when there are
   *     fewer
   * @param blocksMin blocks that are kept at least, 1 or more
   * @param blocksMax blocks that are kept at most, when the chain is slow to become final
   * @param blockBytesMax memory for the blocks without their receipts, and half as much for side
   *     branches; beyond that the oldest are dropped, however many are left, and of side branches
   *     the largest
   * @param receiptBytesMax memory for receipts, less what the blocks take, but at least half of it;
   *     beyond that those of the oldest blocks are dropped
   */
  public record Config(
      int groups, int blocksMin, int blocksMax, long blockBytesMax, long receiptBytesMax) {

    public static final Config DEFAULTS = new Config(2, 128, 1_024, 32L << 20, 64L << 20);

    public Config {
      if (groups < 1) {
        throw new IllegalArgumentException("agree: " + groups + " (expected: >= 1 groups)");
      }
      if (blocksMin < 1 || blocksMax < blocksMin) {
        throw new IllegalArgumentException(
            "blocks: " + blocksMin + ".." + blocksMax + " (expected: 1 or more, in order)");
      }
      if (blockBytesMax < 1 || receiptBytesMax < 0) {
        throw new IllegalArgumentException(
            "bytes: "
                + blockBytesMax
                + " for blocks, "
                + receiptBytesMax
                + " for receipts (expected: >= 1, >= 0)");
      }
    }
  }

  /**
   * A block that is needed to link a provider's head.
   *
   * @param hash of the block
   * @param number that it must have
   * @param provider who has shown a descendant
   */
  public record Gap(Hash hash, long number, String provider) {}

  private final Config config;
  private final Votes votes;
  private final Finality finality = new Finality();
  private final SideBlocks side;
  private final List<Consumer<Moved>> listeners = new ArrayList<>();
  private final List<Runnable> readers = new ArrayList<>();
  private volatile View view = View.UNKNOWN;
  private volatile Quorum quorum = new Quorum(0, 0);
  private volatile Map<String, Long> reaches = Map.of();
  private volatile boolean split;
  private volatile Set<Tag.Kind> unheardOf = Set.of();
  private int retreats;

  /**
   * @param blockNanos the usual time between blocks
   */
  public ChainLog(Config config, long blockNanos) {
    this.config = config;
    this.votes = new Votes(blockNanos);
    this.side = new SideBlocks(config.blockBytesMax() / 2, votes::isHead);
  }

  /** The chain as it was last known; from any thread. */
  public View view() {
    return view;
  }

  /** The chain as it is now: nothing is known while no provider shows it. From any thread. */
  public View current() {
    return quorum.present() == 0 ? View.UNKNOWN : view;
  }

  /** Tells the listener of each move, on the writer's loop, before anybody can read it. */
  public void onMoved(Consumer<Moved> listener) {
    listeners.add(listener);
  }

  /**
   * Tells the reader when the chain has moved or the receipts of a block have come, on the writer's
   * loop, once everybody can read it.
   */
  public void onNews(Runnable reader) {
    readers.add(reader);
  }

  /** How many groups must show a head now, and how many there are; from any thread. */
  public Quorum quorum() {
    return quorum;
  }

  /**
   * How heads are agreed on.
   *
   * @param needed groups that must show a head
   * @param present groups that show any
   */
  public record Quorum(int needed, int present) {}

  /**
   * The highest block of the ring that a provider has on its own branch, as far as it has shown;
   * negative when it has shown none. From any thread.
   */
  public long reach(String provider) {
    return reaches.getOrDefault(provider, -1L);
  }

  /**
   * Whether providers show different blocks on top of the tip, none with enough votes: what is
   * above it, nobody knows then. From any thread.
   */
  public boolean isSplit() {
    return split;
  }

  /**
   * The tags among {@code safe} and {@code finalized} that the providers do not know; a tag that is
   * neither here nor in the {@link View} is still being asked for. From any thread.
   */
  public Set<Tag.Kind> unheardOf() {
    return unheardOf;
  }

  // Written by one loop.

  /** A provider shows its newest block. */
  void show(String provider, String group, Block block, long nowNanos) {
    votes.show(provider, group, block, nowNanos);
    add(block);
  }

  /** A provider still shows the block that it showed before. */
  void stillShows(String provider, long nowNanos) {
    votes.still(provider, nowNanos);
  }

  /** A provider is out: its vote does not count until it shows a block again. */
  void absent(String provider) {
    votes.remove(provider);
    finality.remove(provider);
  }

  /** What was shown until now does not count any more. */
  void forgetVotes() {
    votes.forget();
  }

  /**
   * Whether there is room for a block beside others; what is larger must not be shown or added. Of
   * the usual 32 MiB a block may take 2 MiB, the hashes of 30,000 transactions.
   */
  boolean fits(Block block) {
    return block.json().length() <= config.blockBytesMax() / BLOCKS_IN_MEMORY_MIN;
  }

  /** A block that {@link #gaps} asked for, or any other. */
  void add(Block block) {
    if (view.block(block.hash()).isEmpty()) {
      side.put(block);
      side.prune(view.bottomNumber());
    }
  }

  /** Whether fewer groups show a head than should, of so many that there are. */
  boolean isShort(int groups, long nowNanos) {
    return votes.groups(nowNanos) < Math.min(config.groups(), groups);
  }

  /**
   * The next block that each provider's head needs to be linked; none for those that are, and none
   * that there was no memory for since the chain has moved.
   */
  List<Gap> gaps() {
    List<Gap> gaps = new ArrayList<>();
    votes
        .heads()
        .forEach((provider, head) -> {
          Branch branch = branch(head);
          if (branch.course() == Branch.Course.OPEN) {
            Block lowest = branch.blocks().getLast();
            gaps.add(new Gap(lowest.parent(), lowest.number() - 1, provider));
          }
        });
    gaps.removeIf(gap -> side.wasDropped(gap.hash()));
    side.want(gaps.stream().map(Gap::hash).toList());
    return gaps;
  }

  /** Decides what the chain is now; empty when nothing has changed. */
  Optional<Moved> settle(long nowNanos) {
    int groups = votes.groups(nowNanos);
    quorum = new Quorum(Math.min(config.groups(), groups), groups);
    Support support = support(nowNanos);
    Optional<Candidate> candidate = support.best(quorum.needed());
    Optional<Moved> moved;
    if (candidate.isPresent() && wins(candidate.get(), support)) {
      retreats = 0;
      moved = Optional.of(move(candidate.get()));
    } else {
      moved = retreat(support);
    }
    reaches = reachesNow();
    split = (moved.isPresent() ? support(nowNanos) : support).isSplitAbove(view.tipNumber());
    return moved;
  }

  private Map<String, Long> reachesNow() {
    Map<String, Long> now = new HashMap<>();
    votes.heads().forEach((provider, head) -> now.put(provider, branch(head).joinNumber()));
    return now;
  }

  private Support support(long nowNanos) {
    Support support = new Support();
    votes.live(nowNanos).forEach(vote -> support.add(vote.group(), branch(vote.head())));
    return support;
  }

  private boolean wins(Candidate candidate, Support support) {
    Branch branch = candidate.branch();
    return switch (branch.course()) {
      case OPEN -> view.tip().isEmpty();
      case APART -> candidate.groups() > support.groupsAbove(-1);
      case LINKED ->
          branch.joinNumber() >= view.finalizedNumber()
              ? candidate.groups() > support.groupsAbove(branch.joinNumber())
              : candidate.groups() == support.groups();
    };
  }

  /** The way from a head down to the ring. */
  private Branch branch(Hash head) {
    List<Block> path = new ArrayList<>();
    Hash at = head;
    while (true) {
      Optional<Block> joined = view.block(at);
      if (joined.isPresent() && follows(path, joined.get())) {
        return new Branch(path, joined.get().number(), Branch.Course.LINKED);
      }
      Block block = side.get(at);
      if (block == null || !follows(path, block)) {
        return new Branch(
            path, -1, isApart(path, block) ? Branch.Course.APART : Branch.Course.OPEN);
      }
      path.add(block);
      at = block.parent();
    }
  }

  /** Numbers must go down by one: hashes that nobody can check might lead in a circle. */
  private static boolean follows(List<Block> path, Block next) {
    return path.isEmpty() || path.getLast().number() - 1 == next.number();
  }

  /** Whether there is no use in asking for the next parent. */
  private boolean isApart(List<Block> path, @Nullable Block misfit) {
    if (path.isEmpty() || misfit != null) {
      return true;
    }
    long lowest = path.getLast().number();
    return lowest == 0
        || lowest <= view.bottomNumber()
        || lowest - view.tipNumber() > GAP_BLOCKS_MAX
        || path.size() > GAP_BLOCKS_MAX + config.blocksMax();
  }

  private Moved move(Candidate candidate) {
    Branch branch = candidate.branch();
    List<Block> added = branch.upTo(candidate.block()).reversed();
    boolean linked = branch.course() == Branch.Course.LINKED;
    int kept = linked ? (int) (branch.joinNumber() - view.bottomNumber()) + 1 : 0;
    List<Block> orphaned =
        linked ? view.blocks().subList(kept, view.blocks().size()).reversed() : List.of();
    List<Block> ring = new ArrayList<>(view.blocks().subList(0, kept));
    ring.addAll(added);
    boolean broken = !linked && view.tip().isPresent();
    return publish(ring, new Moved(orphaned, added, broken));
  }

  /** All providers show only blocks before the tip: perhaps the chain was set back. */
  private Optional<Moved> retreat(Support support) {
    long number = support.highestJoin(quorum.needed());
    if (view.tip().isEmpty() || number < 0 || support.groupsAbove(number) > 0) {
      retreats = 0;
      return Optional.empty();
    }
    if (number == view.tipNumber() || ++retreats < RETREAT_POLLS * support.branches()) {
      retreats = number == view.tipNumber() ? 0 : retreats;
      return Optional.empty();
    }
    retreats = 0;
    int kept = (int) (number - view.bottomNumber()) + 1;
    List<Block> orphaned = view.blocks().subList(kept, view.blocks().size()).reversed();
    return Optional.of(
        publish(view.blocks().subList(0, kept), new Moved(orphaned, List.of(), false)));
  }

  private Moved publish(List<Block> ring, Moved moved) {
    moved.added().forEach(side::remove);
    moved.orphaned().forEach(side::put);
    listeners.forEach(listener -> listener.accept(moved));
    replace(ring);
    side.forgetDropped();
    side.prune(view.bottomNumber());
    readers.forEach(Runnable::run);
    return moved;
  }

  private void replace(List<Block> ring) {
    Optional<Head> finalized = finality.finalized(ring);
    List<Block> kept = trimmed(ring, finalized.map(Head::number).orElse(-1L));
    view = new View(view.version() + 1, kept, finality.safe(ring), finalized);
  }

  private List<Block> trimmed(List<Block> ring, long finalizedNumber) {
    long unsettled = finalizedNumber < 0 ? 0 : ring.getLast().number() - finalizedNumber + 1;
    int keep = Math.clamp(unsettled, config.blocksMin(), config.blocksMax());
    List<Block> kept =
        new ArrayList<>(within(ring.subList(Math.max(0, ring.size() - keep), ring.size())));
    long half = config.receiptBytesMax() / 2;
    long room = Math.max(half, config.receiptBytesMax() - Block.bytesOfAll(kept));
    for (int i = kept.size() - 1; i >= 0; i--) {
      room -= kept.get(i).receipts().map(BlockReceipts::bytes).orElse(0L);
      if (room < 0) {
        kept.set(i, kept.get(i).withoutReceipts());
      }
    }
    return kept;
  }

  /** The newest that there is memory for, the tip at least: a provider may pad what it shows. */
  private List<Block> within(List<Block> ring) {
    long room = config.blockBytesMax();
    int from = ring.size();
    while (from > 0 && (room -= ring.get(from - 1).bytesWithoutReceipts()) >= 0) {
      from--;
    }
    return ring.subList(Math.min(from, Math.max(0, ring.size() - 1)), ring.size());
  }

  /** The parent of the oldest block, to fill the ring; false when it is not that. */
  boolean extendDown(Block older) {
    List<Block> blocks = view.blocks();
    if (blocks.isEmpty()
        || blocks.size() >= config.blocksMin()
        || !blocks.getFirst().parent().equals(older.hash())
        || blocks.getFirst().number() - 1 != older.number()) {
      return false;
    }
    List<Block> ring = new ArrayList<>(blocks.size() + 1);
    ring.add(older);
    ring.addAll(blocks);
    replace(ring);
    return view.block(older.hash()).isPresent();
  }

  /** The block that the ring wants next to grow down, as after a start; empty when it is full. */
  public Optional<Hash> wantedBelow() {
    List<Block> blocks = view.blocks();
    return blocks.isEmpty()
            || blocks.size() >= config.blocksMin()
            || view.bottomNumber() == 0
            || !hasRoomFor(blocks.getFirst())
        ? Optional.empty()
        : Optional.of(blocks.getFirst().parent());
  }

  /** Whether there is memory for another one like this. */
  private boolean hasRoomFor(Block like) {
    return Block.bytesOfAll(view.blocks()) + like.bytesWithoutReceipts() <= config.blockBytesMax();
  }

  /** The receipts of a block, checked; forgotten when the block is not in the ring any more. */
  void receipts(Hash hash, BlockReceipts receipts) {
    List<Block> ring = new ArrayList<>(view.blocks());
    ring.replaceAll(block -> block.hash().equals(hash) ? block.with(receipts) : block);
    replace(ring);
    readers.forEach(Runnable::run);
  }

  /** A provider says which blocks are safe and finalized; either may be absent. */
  void claim(String provider, String group, Optional<Head> safe, Optional<Head> finalized) {
    finality.claim(provider, group, safe, finalized);
    settleFinality();
  }

  /** A provider was asked several times which blocks are safe and finalized, and did not answer. */
  void silentOnFinality(String provider, String group) {
    finality.silent(provider, group);
    settleFinality();
  }

  private void settleFinality() {
    if (!view.blocks().isEmpty()) {
      int needed = Math.max(1, quorum.needed());
      finality.settle(view, needed);
      replace(view.blocks());
      unheardOf = finality.unheardOf(needed);
    }
  }
}

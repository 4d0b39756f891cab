package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the receipts of the ring's blocks, newest first, one block at a time, and checks them
 * against the header: their root, or where a network has receipts of its own kind, the bloom of
 * their logs. What does not match is somebody else's to give.
 */
public final class ReceiptIntake {

  /** When receipts are fetched. */
  public enum Mode {
    /** While somebody asks for receipts or logs of new blocks, and five minutes longer. */
    DEMAND,
    ALWAYS,
    NEVER
  }

  private static final long WANTED_NANOS = MINUTES.toNanos(5);
  private static final long RETRY_NANOS_MIN = MILLISECONDS.toNanos(250);
  private static final long RETRY_NANOS_MAX = SECONDS.toNanos(30);

  /** Who begins to ask for new blocks seldom wants more of the old ones than this. */
  private static final int BEFORE_DEMAND = 16;

  private static final RawJson NOTHING = RawJson.of("[]");

  private final ChainLog log;
  private final Asking asking;
  private final Ticker ticker;
  private final Executor loop;
  private final Executor workers;
  private final Mode mode;
  private long wantedUntilNanos;
  private boolean wanted;
  private boolean busy;
  private long floor;
  private long retryNanos = RETRY_NANOS_MIN;
  private Ticker.@Nullable Alarm retry;

  ReceiptIntake(
      ChainLog log, Asking asking, Ticker ticker, Executor loop, Executor workers, Mode mode) {
    this.log = log;
    this.asking = asking;
    this.ticker = ticker;
    this.loop = loop;
    this.workers = workers;
    this.mode = mode;
  }

  void wanted() {
    if (mode == Mode.DEMAND && !isDue()) {
      floor = Math.max(floor, log.view().tipNumber() - BEFORE_DEMAND);
    }
    wanted = true;
    wantedUntilNanos = ticker.nanos() + WANTED_NANOS;
    moved();
  }

  /** The head has moved, or a block's receipts have come. */
  void moved() {
    if (busy || retry != null || !isDue()) {
      return;
    }
    Optional<Block> next = next();
    while (next.isPresent() && next.get().receiptsRoot().equals(Trie.EMPTY_ROOT)) {
      BlockReceipts.read(NOTHING, next.get().head()).ifPresent(keepFor(next.get()));
      next = next();
    }
    next.ifPresent(this::fetch);
  }

  private boolean isDue() {
    return switch (mode) {
      case ALWAYS -> true;
      case NEVER -> false;
      case DEMAND -> wanted && ticker.nanos() - wantedUntilNanos < 0;
    };
  }

  /** The newest block without receipts that there is room for. */
  private Optional<Block> next() {
    List<Block> blocks = log.view().blocks();
    for (int i = blocks.size() - 1; i >= 0 && blocks.get(i).number() >= floor; i--) {
      if (blocks.get(i).receipts().isEmpty()) {
        return Optional.of(blocks.get(i));
      }
    }
    return Optional.empty();
  }

  private void fetch(Block block) {
    busy = true;
    asking.first(
        asking.providers().stream().filter(each -> each.hasBlock(block.number())).toList(),
        "eth_getBlockReceipts",
        RawJson.of("[\"" + block.hash() + "\"]"),
        result -> result.first() == '[' ? result : null,
        (_, result) -> hand(block, result),
        this::later);
  }

  private void hand(Block block, RawJson receipts) {
    try {
      workers.execute(() -> check(block, receipts));
    } catch (RejectedExecutionException busyOrClosing) {
      later();
    }
  }

  private void check(Block block, RawJson receipts) {
    Optional<BlockReceipts> read =
        BlockReceipts.read(receipts, block.head()).filter(each -> matches(block, each));
    loop.execute(() -> {
      busy = false;
      read.ifPresentOrElse(each -> keep(block, each), this::later);
    });
  }

  private static boolean matches(Block block, BlockReceipts receipts) {
    Optional<Hash> root = Receipt.rootOf(receipts.json());
    return root.map(block.receiptsRoot()::equals)
        .orElseGet(() -> bloomOf(receipts.logs()).map(block.bloom()::equals).orElse(false));
  }

  private static Optional<Bloom> bloomOf(List<RawJson> logs) {
    List<Log> read = new ArrayList<>(logs.size());
    for (RawJson each : logs) {
      Optional<Log> log = Log.read(each);
      if (log.isEmpty()) {
        return Optional.empty();
      }
      read.add(log.get());
    }
    return Optional.of(Bloom.of(read));
  }

  private void keep(Block block, BlockReceipts receipts) {
    retryNanos = RETRY_NANOS_MIN;
    keepFor(block).accept(receipts);
    moved();
  }

  private Consumer<BlockReceipts> keepFor(Block block) {
    return receipts -> {
      log.receipts(block.hash(), receipts);
      boolean dropped =
          log.view().block(block.hash()).filter(kept -> kept.receipts().isEmpty()).isPresent();
      if (dropped) {
        floor = block.number() + 1; // there is no room below
      }
    };
  }

  private void later() {
    busy = false;
    long wait = retryNanos;
    retryNanos = Math.min(2 * wait, RETRY_NANOS_MAX);
    retry =
        ticker.alarm(
            wait,
            () -> {
              retry = null;
              moved();
            });
  }
}

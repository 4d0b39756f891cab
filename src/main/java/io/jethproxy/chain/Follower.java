package io.jethproxy.chain;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Provider;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one network's {@link ChainLog}: takes what its providers show, fetches what is missing, and
 * lets the log decide. Everything happens on one loop, whatever loop it is told from.
 */
public final class Follower implements Sightings {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  /** How long the first view waits for a second opinion. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ChainLog log;
  private final Asking asking;
  private final Ticker ticker;
  private final Executor loop;
  private final GapFiller gaps;
  private final FinalityWatch finality;
  private final ReceiptIntake receipts;
  private final Predicate<Block> accepts;

  /** What each provider last showed, so that one that was away counts again. */
  private final Map<String, Block> shown = new HashMap<>();

  private Ticker.@Nullable Alarm fill;
  private Ticker.@Nullable Alarm start;
  private long startedNanos;

  /**
   * @param asking asks the network's providers
   * @param loop runs everything, one after the other
   * @param receipts which receipts are fetched
   * @param workers for hashing; bounded
   * @param accepts whether a block's header may be what its hash says
   */
  public Follower(
      ChainLog log,
      Asking asking,
      Ticker ticker,
      Executor loop,
      ReceiptIntake.Mode receipts,
      Executor workers,
      Predicate<Block> accepts) {
    this.log = log;
    this.asking = asking;
    this.ticker = ticker;
    this.loop = loop;
    this.accepts = accepts;
    this.gaps = new GapFiller(log, asking, accepts, this::settle);
    this.finality = new FinalityWatch(log, asking, ticker);
    this.receipts = new ReceiptIntake(log, asking, ticker, loop, workers, receipts);
  }

  @Override
  public void saw(Provider provider, Block block) {
    onLoop(() -> {
      if (!accepts.test(block)) {
        LOG.atWarn()
            .addKeyValue("provider", provider.id())
            .log("its block {} does not have the hash that it says", block.number());
        return;
      }
      shown.put(provider.id(), block);
      show(provider, block);
    });
  }

  @Override
  public void stillSees(Provider provider) {
    onLoop(() -> {
      Block block = shown.get(provider.id());
      if (block != null) {
        show(provider, block);
      }
    });
  }

  @Override
  public void lost(Provider provider) {
    onLoop(() -> {
      log.absent(provider.id());
      settle();
    });
  }

  /** Somebody asks for receipts or logs of new blocks: worth keeping them for a while. */
  public void receiptsWanted() {
    onLoop(receipts::wanted);
  }

  private void onLoop(Runnable action) {
    try {
      loop.execute(action);
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("the chain is not followed any more: the gateway is closing");
    }
  }

  private void show(Provider provider, Block block) {
    log.show(provider.id(), asking.groupOf(provider), block, ticker.nanos());
    if (isStarting()) {
      if (start == null) {
        start = ticker.alarm(START_NANOS, this::settle);
      }
      gaps.fill();
    } else {
      settle();
    }
  }

  /** The first to answer should not decide alone what the chain is when others are about to. */
  private boolean isStarting() {
    boolean waited = start != null && ticker.nanos() - startedNanos >= START_NANOS;
    if (start == null) {
      startedNanos = ticker.nanos();
    }
    return log.view().tip().isEmpty() && !waited && log.isShort(asking.groups(), ticker.nanos());
  }

  private void settle() {
    long before = log.view().tipNumber();
    log.settle(ticker.nanos()).ifPresent(this::tell);
    gaps.fill();
    if (log.view().tipNumber() != before) {
      finality.moved();
      receipts.moved();
      fillDown();
    }
  }

  private void tell(Moved moved) {
    if (moved.isBroken()) {
      LOG.atWarn()
          .log(
              "chain {}: block {} cannot be linked to what was known before",
              asking.chainId(),
              log.view().tipNumber());
    } else if (!moved.orphaned().isEmpty()) {
      LOG.atInfo().log(
          "chain {}: reorganised, {} blocks replaced below block {}",
          asking.chainId(),
          moved.orphaned().size(),
          moved.orphaned().getFirst().number() + 1);
    }
  }

  // Older blocks, one at a time and without haste.

  private void fillDown() {
    if (fill == null && log.wantedBelow().isPresent()) {
      fill = ticker.alarm(GapFiller.PACE_NANOS, this::fillOne);
    }
  }

  private void fillOne() {
    fill = null;
    log.wantedBelow()
        .ifPresent(hash ->
            asking.blockByHash(
                hash,
                block -> {
                  if (accepts.test(block) && log.extendDown(block)) {
                    fillDown();
                  }
                }));
  }
}

package io.jethproxy.chain;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Provider;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one network's {@link ChainLog}: takes what its providers show, fetches what is missing, and
 * lets the log decide. Everything happens on one loop, whatever loop it is told from.
 *
 * <p>While nobody asks about the network, its providers show nothing, see {@link Attention}. What
 * they showed before is forgotten when somebody does, so that the chain is what they show then.
 */
public final class Follower implements Sightings {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  private final ChainLog log;
  private final Asking asking;
  private final Ticker ticker;
  private final Executor loop;
  private final Attention attention;
  private final Muster muster;
  private final GapFiller gaps;
  private final FinalityWatch finality;
  private final ReceiptIntake receipts;
  private final BiPredicate<Provider, Block> accepts;

  /** What each provider last showed, so that one that was away counts again. */
  private final Map<String, Block> shown = new HashMap<>();

  private Ticker.@Nullable Alarm fill;

  /** Who has shown a block, or that he shows none, since the network began to wake. */
  private final Set<String> heard = new HashSet<>();

  private boolean started;
  private boolean waking = true;

  /**
   * @param asking asks the network's providers
   * @param loop runs everything, one after the other
   * @param receipts which receipts are fetched
   * @param workers for hashing; bounded
   * @param believes whether a block's header may be what its hash says; not asked of a block that
   *     is too large to be kept
   * @param refused told of each block that is not taken
   */
  public Follower(
      ChainLog log,
      Asking asking,
      Ticker ticker,
      Executor loop,
      Attention attention,
      ReceiptIntake.Mode receipts,
      Executor workers,
      BiPredicate<Provider, Block> believes,
      Runnable refused) {
    this.log = log;
    this.asking = asking;
    this.ticker = ticker;
    this.loop = loop;
    this.attention = attention;
    this.accepts =
        (provider, block) -> {
          boolean accepted = log.fits(block) && believes.test(provider, block);
          if (!accepted) {
            refused.run();
          }
          return accepted;
        };
    this.muster = new Muster(ticker, this::isShort, this::settle);
    this.gaps = new GapFiller(log, asking, accepts, this::settle);
    this.finality = new FinalityWatch(log, asking, ticker);
    this.receipts = new ReceiptIntake(log, asking, ticker, loop, workers, receipts);
  }

  @Override
  public void saw(Provider provider, Block block) {
    onLoop(() -> {
      heard.add(provider.id());
      if (!accepts.test(provider, block)) {
        LOG.atWarn()
            .addKeyValue("provider", provider.id())
            .log(
                log.fits(block)
                    ? "its block {} does not have the hash that it says"
                    : "its block {} takes more memory than a block may",
                block.number());
        settleUnlessMustering();
        return;
      }
      shown.put(provider.id(), block);
      show(provider, block);
    });
  }

  @Override
  public void sawNothing(Provider provider) {
    onLoop(() -> {
      heard.add(provider.id());
      settleUnlessMustering();
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
      heard.add(provider.id());
      settleUnlessMustering();
    });
  }

  @Override
  public boolean isIdle() {
    return attention.isIdle();
  }

  /** Somebody asks about the network after a while: what was shown before does not count. */
  public void wake() {
    onLoop(() -> {
      waking = true;
      heard.clear();
      log.forgetVotes();
      muster.begin();
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
    if (!started) {
      started = true;
      muster.begin();
    }
    settleUnlessMustering();
  }

  private boolean isShort() {
    return log.isShort(asking.groupsInUse(), ticker.nanos());
  }

  private void settleUnlessMustering() {
    if (muster.isOpen()) {
      gaps.fill();
    } else {
      settle();
    }
  }

  private void settle() {
    if (muster.isOpen()) {
      return; // a missing block came
    }
    long before = log.view().tipNumber();
    boolean wasSplit = log.isSplit();
    log.settle(ticker.nanos()).ifPresent(this::tell);
    if (log.isSplit() != wasSplit) {
      tellOfSplit();
    }
    gaps.fill();
    if (log.view().tipNumber() != before) {
      finality.moved();
      receipts.moved();
      fillDown();
    }
    if (waking && !gaps.isBusy() && (isKnown() || isNobodyLeft())) {
      waking = false;
      attention.awoken();
    }
  }

  private boolean isKnown() {
    return log.current().tip().isPresent();
  }

  /** Whether no provider is left that might still show a block. */
  private boolean isNobodyLeft() {
    return asking.providers().stream().map(Provider::id).allMatch(heard::contains);
  }

  private void tell(Moved moved) {
    if (moved.isBroken()) {
      LOG.atLevel(waking ? Level.DEBUG : Level.WARN)
          .log(
              "chain {}: block {} cannot be linked to what was known before",
              asking.network().chainId(),
              log.view().tipNumber());
    } else if (!moved.orphaned().isEmpty()) {
      LOG.atInfo().log(
          "chain {}: reorganised, {} blocks replaced below block {}",
          asking.network().chainId(),
          moved.orphaned().size(),
          moved.orphaned().getFirst().number() + 1);
    }
  }

  private void tellOfSplit() {
    long chainId = asking.network().chainId();
    if (log.isSplit()) {
      LOG.warn(
          "chain {}: providers disagree about what follows block {}, which is served on",
          chainId,
          log.view().tipNumber());
    } else {
      LOG.info("chain {}: no longer split, at block {}", chainId, log.view().tipNumber());
    }
  }

  // Older blocks, one at a time and without haste.

  /** The ring of a fast chain is full before long without the old ones. */
  private void fillDown() {
    if (fill == null && !Pace.isFast(asking.network()) && log.wantedBelow().isPresent()) {
      fill = ticker.alarm(GapFiller.PACE_NANOS, this::fillOne);
    }
  }

  private void fillOne() {
    fill = null;
    if (attention.isIdle()) {
      return;
    }
    log.wantedBelow()
        .ifPresent(hash ->
            asking.blockByHash(
                hash,
                accepts,
                (_, block) -> {
                  if (log.extendDown(block)) {
                    fillDown();
                  }
                }));
  }
}

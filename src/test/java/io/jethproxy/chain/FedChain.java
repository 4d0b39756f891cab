package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The log of one network that a test feeds as its only provider: it grows, forks and settles. */
public final class FedChain {

  private static final String PROVIDER = "p";
  private static final long NOW = 1_000_000;

  private final ChainLog log =
      new ChainLog(new ChainLog.Config(1, 4, 16, 1 << 20, 1 << 20), TimeUnit.SECONDS.toNanos(12));
  private final Chains chains = new Chains();

  /** A chain whose four newest blocks, up to this number, are known. */
  public FedChain(long chainId, long tipNumber) {
    chains.add(chainId, log);
    show(MadeBlocks.at(tipNumber - 3, Hash.ZERO, 0));
    grow(3);
  }

  public Chains chains() {
    return chains;
  }

  public View view() {
    return log.current();
  }

  /** The hash of one of the newest blocks. */
  public Hash hash(long number) {
    return log.view().block(number).orElseThrow().hash();
  }

  public void grow(int blocks) {
    for (int i = 0; i < blocks; i++) {
      show(MadeBlocks.after(log.view().tip().orElseThrow()));
    }
  }

  /** Replaces what is above the block by a branch of its own, one block longer. */
  public void reorganise(long above, long variant) {
    Block last = log.view().block(above).orElseThrow();
    long blocks = log.view().tipNumber() - above + 1;
    for (long i = 0; i < blocks; i++) {
      last = MadeBlocks.after(last, variant);
      log.add(last);
    }
    show(last);
  }

  /** The provider says that the block, one of the newest, is final. */
  public void finalise(long number) {
    Head head = log.view().block(number).orElseThrow().head();
    log.claim(PROVIDER, PROVIDER, Optional.of(head), Optional.of(head));
  }

  /** Everybody is gone: nobody knows what the chain is now. */
  public void fallSilent() {
    log.absent(PROVIDER);
    log.settle(NOW);
  }

  /** The network is set up anew: another chain, with its tip at this number. */
  public void startAnew(long tipNumber, long variant) {
    show(MadeBlocks.at(tipNumber - 3, Hash.ZERO, variant));
    grow(3);
  }

  private void show(Block block) {
    log.show(PROVIDER, PROVIDER, block, NOW);
    log.settle(NOW);
  }
}

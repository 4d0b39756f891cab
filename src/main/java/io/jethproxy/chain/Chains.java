package io.jethproxy.chain;

import io.jethproxy.eth.ByChain;
import java.util.Optional;

/** The logs of all networks in use, by chain id. From any thread. */
public final class Chains {

  private final ByChain<ChainLog> logs = new ByChain<>();

  /** The log of a network; empty when no provider of it is known, or it cannot be followed. */
  public Optional<ChainLog> of(long chainId) {
    return Optional.ofNullable(logs.get(chainId));
  }

  /** What is known of a network's chain now: nothing while no provider shows it. */
  public View view(long chainId) {
    ChainLog log = logs.get(chainId);
    return log == null ? View.UNKNOWN : log.current();
  }

  /** What was last known of a network's chain, for what stays true. */
  public View lastView(long chainId) {
    ChainLog log = logs.get(chainId);
    return log == null ? View.UNKNOWN : log.view();
  }

  /** Adds a network's log; there is one for each. */
  public void add(long chainId, ChainLog log) {
    logs.put(chainId, log);
  }
}

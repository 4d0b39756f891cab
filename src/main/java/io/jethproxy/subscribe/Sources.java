package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.Moved;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.verify.Verify;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What is kept for those who are told of a chain piece by piece, whether they poll or listen: the
 * blocks that were orphaned lately, the logs of blocks that the ring does not have, the
 * transactions that wait. One for the gateway; from any thread.
 */
public final class Sources {

  private final Chains chains;
  private final Fleets fleets;
  private final Methods methods;
  private final Ticker ticker;
  private final Predicate<String> tells;
  private final Expenses expenses;
  private final long bytesMax;
  private final BlockLogs logs;
  private final Map<Long, Orphans> orphans = new ConcurrentHashMap<>();
  private final Map<Long, PendingFeed> feeds = new ConcurrentHashMap<>();

  /**
   * @param tells whether a provider, by its id, tells of waiting transactions by itself
   * @param expenses counts what providers are asked for waiting transactions
   * @param bytesMax of the orphaned blocks of each network; half of it for logs that were asked for
   */
  public Sources(
      Chains chains,
      Fleets fleets,
      Methods methods,
      Verify verify,
      Ticker ticker,
      Predicate<String> tells,
      Expenses expenses,
      long bytesMax) {
    this.chains = chains;
    this.fleets = fleets;
    this.methods = methods;
    this.ticker = ticker;
    this.tells = tells;
    this.expenses = expenses;
    this.bytesMax = bytesMax;
    this.logs = new BlockLogs(verify, bytesMax / 2);
  }

  /** A network's chain has moved; told before anybody can see it. */
  public void moved(long chainId, Moved moved) {
    orphans(chainId).take(moved);
  }

  /** Whether a client has asked for a network's waiting transactions within the last minute. */
  public boolean isPendingWanted(long chainId) {
    PendingFeed feed = feeds.get(chainId);
    return feed != null && feed.isWanted();
  }

  Chains chains() {
    return chains;
  }

  Methods methods() {
    return methods;
  }

  BlockLogs logs() {
    return logs;
  }

  Orphans orphans(long chainId) {
    return orphans.computeIfAbsent(chainId, _ -> new Orphans(bytesMax));
  }

  /** The transactions of a network that wait, if anybody has wanted them. */
  Optional<PendingFeed> pendingIfAny(long chainId) {
    return Optional.ofNullable(feeds.get(chainId));
  }

  PendingFeed pending(long chainId) {
    return feeds.computeIfAbsent(
        chainId,
        _ ->
            new PendingFeed(
                () -> publicProviders(chainId),
                methods.of("eth_newPendingTransactionFilter"),
                expenses,
                ticker));
  }

  private List<Provider> publicProviders(long chainId) {
    return fleets.of(chainId).map(Fleet::providers).orElse(List.of()).stream()
        .filter(each -> each.isTrusted() && !each.identity().privateSends())
        .filter(each -> !tells.test(each.id()))
        .toList();
  }
}

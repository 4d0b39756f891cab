package io.jethproxy.fleet;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The fleets of all networks. A provider joins the fleet of its chain when it has told which chain
 * that is; providers of a configured chain are there from the start.
 *
 * <p>Written under a lock, when a provider joins; read without one.
 */
public final class Fleets {

  private static final long MAINNET = 1;

  private final int providersExpected;
  private final OptionalLong preferredChain;
  private final Ticker ticker;
  private volatile Map<Long, Fleet> fleets = Map.of();
  private volatile int providersJoined;

  /**
   * @param providersExpected how many will join in all
   * @param preferredChain the default network, where one is configured
   */
  public Fleets(int providersExpected, OptionalLong preferredChain, Ticker ticker) {
    this.providersExpected = providersExpected;
    this.preferredChain = preferredChain;
    this.ticker = ticker;
  }

  /**
   * Takes a provider into the fleet of a network.
   *
   * @return false when the fleet is full, at {@link Fleet#PROVIDERS_MAX}
   */
  public synchronized boolean join(Network network, Provider provider) {
    Map<Long, Fleet> next = new LinkedHashMap<>(fleets);
    Fleet before = next.get(network.chainId());
    if (before != null && before.providers().size() >= Fleet.PROVIDERS_MAX) {
      return false;
    }
    List<Provider> providers = new ArrayList<>(before == null ? List.of() : before.providers());
    providers.add(provider);
    next.put(network.chainId(), new Fleet(network, providers, ticker));
    fleets = java.util.Collections.unmodifiableMap(next);
    providersJoined++;
    return true;
  }

  public Optional<Fleet> of(long chainId) {
    return Optional.ofNullable(fleets.get(chainId));
  }

  public List<Fleet> all() {
    return List.copyOf(fleets.values());
  }

  /** Whether some provider has not told its chain yet, so that networks may still appear. */
  public boolean isAwaitingProviders() {
    return providersJoined < providersExpected;
  }

  /** What a path without a network means: the configured one, else mainnet, else the first. */
  public Optional<Network> defaultNetwork() {
    Map<Long, Fleet> now = fleets;
    if (preferredChain.isPresent()) {
      return Optional.ofNullable(now.get(preferredChain.getAsLong())).map(Fleet::network);
    }
    Fleet mainnet = now.get(MAINNET);
    if (mainnet != null) {
      return Optional.of(mainnet.network());
    }
    return now.values().stream().findFirst().map(Fleet::network);
  }
}

package io.jethproxy.fleet;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fleets of all networks. A provider joins the fleet of its chain when it has told which chain
 * that is; providers of a configured chain are there from the start.
 *
 * <p>Written under a lock, when a provider joins; read without one.
 */
public final class Fleets {

  private static final long MAINNET = 1;

  /** How long a provider that has not told its chain may keep the default network open. */
  private static final long DEFAULT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** After this time a network that nobody serves is taken for one that is not configured. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final List<Identity> expected;
  private final Ticker ticker;
  private final long startNanos;
  private volatile Map<Long, Fleet> fleets = Map.of();
  private final ByChain<Fleet> byChain = new ByChain<>();
  private volatile Set<String> settled = Set.of();
  private volatile OptionalLong defaultChain;
  private volatile boolean anyIdentified;

  /**
   * @param expected who will join, in the order of the configuration
   * @param preferredChain the default network, where one is configured
   */
  public Fleets(List<Identity> expected, OptionalLong preferredChain, Ticker ticker) {
    this.expected = List.copyOf(expected);
    this.ticker = ticker;
    this.startNanos = ticker.nanos();
    this.defaultChain = preferredChain;
  }

  /**
   * Takes a provider into the fleet of a network.
   *
   * @return false when the fleet is full, at {@link Fleet#PROVIDERS_MAX}
   */
  public synchronized boolean join(Network network, Provider provider) {
    settled =
        Stream.concat(settled.stream(), Stream.of(provider.id()))
            .collect(Collectors.toUnmodifiableSet());
    Map<Long, Fleet> next = new LinkedHashMap<>(fleets);
    Fleet before = next.get(network.chainId());
    if (before != null && before.providers().size() >= Fleet.PROVIDERS_MAX) {
      return false;
    }
    List<Provider> providers = new ArrayList<>(before == null ? List.of() : before.providers());
    providers.add(provider);
    Fleet fleet = new Fleet(network, providers, ticker);
    next.put(network.chainId(), fleet);
    fleets = java.util.Collections.unmodifiableMap(next);
    byChain.put(network.chainId(), fleet);
    return true;
  }

  public Optional<Fleet> of(long chainId) {
    return Optional.ofNullable(byChain.get(chainId));
  }

  public List<Fleet> all() {
    return List.copyOf(fleets.values());
  }

  /**
   * Whether networks may still appear, since some provider has not told its chain yet. Not for ever
   * for the sake of a dead one: half a minute, once any provider was identified.
   */
  public boolean isAwaitingProviders() {
    if (!isIncomplete()) {
      return false;
    }
    anyIdentified = anyIdentified || isAnyIdentified();
    return !anyIdentified || ticker.nanos() - startNanos < PATIENCE_NANOS;
  }

  private boolean isIncomplete() {
    return settled.size() < expected.size();
  }

  private boolean isAnyIdentified() {
    return fleets.values().stream()
        .flatMap(fleet -> fleet.providers().stream())
        .anyMatch(Provider::isTrusted);
  }

  /**
   * Whether a provider for private transactions has not told its chain yet: until then no network
   * can be known to have none, and no transaction may go to public providers.
   */
  public boolean isAwaitingPrivate() {
    return isIncomplete()
        && expected.stream().anyMatch(who -> who.privateSends() && !settled.contains(who.id()));
  }

  /**
   * What a path without a network means: the configured one, else mainnet if there is one, else
   * that of the first configured provider. Empty while that cannot be known yet; once it is known
   * it never changes, because a transaction must not land on another chain than the one before.
   */
  public Optional<Network> defaultNetwork() {
    if (defaultChain.isEmpty()) {
      chooseDefault();
    }
    OptionalLong chosen = defaultChain;
    return chosen.isEmpty() ? Optional.empty() : of(chosen.getAsLong()).map(Fleet::network);
  }

  private synchronized void chooseDefault() {
    boolean mayChange = isIncomplete() && ticker.nanos() - startNanos < DEFAULT_NANOS;
    if (defaultChain.isPresent()) {
      return;
    }
    if (fleets.containsKey(MAINNET)) {
      defaultChain = OptionalLong.of(MAINNET);
    } else if (!mayChange) {
      defaultChain =
          expected.stream()
              .flatMap(
                  who -> fleets.values().stream().filter(f -> f.provider(who.id()).isPresent()))
              .mapToLong(fleet -> fleet.network().chainId())
              .findFirst();
    }
  }
}

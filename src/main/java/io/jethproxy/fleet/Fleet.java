package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Network;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The providers of one network, at most 64. The membership never changes: a reload makes another
 * fleet of the same providers.
 */
public final class Fleet {

  /** So many providers fit the bit set of those already tried. */
  public static final int PROVIDERS_MAX = 64;

  private final Network network;
  private final List<Provider> providers;
  private final Ticker ticker;
  private final Agreement agreement;

  public Fleet(Network network, List<Provider> providers, Ticker ticker) {
    if (providers.size() > PROVIDERS_MAX) {
      throw new IllegalArgumentException(
          "providers: " + providers.size() + " (expected: <= " + PROVIDERS_MAX + ")");
    }
    Set<String> ids = new HashSet<>();
    for (Provider provider : providers) {
      if (!ids.add(provider.id())) {
        throw new IllegalArgumentException("provider id: " + provider.id() + " (expected: unique)");
      }
    }
    this.network = network;
    this.providers = List.copyOf(providers);
    this.ticker = ticker;
    agreement = new Agreement(network, this.providers);
    double weight =
        providers.stream().mapToInt(each -> each.identity().weight()).average().orElse(1);
    this.providers.forEach(provider -> provider.joined(weight));
  }

  public Network network() {
    return network;
  }

  /** All providers, in the order of the configuration. */
  public List<Provider> providers() {
    return providers;
  }

  public Optional<Provider> provider(String id) {
    return providers.stream().filter(provider -> provider.id().equals(id)).findFirst();
  }

  /** The block that at least two providers, or the only one, have reached; -1 when not known. */
  public long agreedHead() {
    return agreement.head(ticker.nanos());
  }

  /**
   * Whether the chain can have grown to this block since the agreed head was last seen to move; any
   * lower block qualifies.
   */
  public boolean mayHaveReached(long block) {
    return agreement.mayHaveReached(block, ticker.nanos());
  }

  /** The newest block that any provider has shown, within reason; -1 when none has. */
  public long shownHead() {
    long shown = -1;
    for (Provider provider : providers) {
      long head = provider.head();
      if (head > shown && provider.isTrusted() && mayHaveReached(head)) {
        shown = head;
      }
    }
    return shown;
  }

  /** Whether any provider has shown the block and was not away since. */
  public boolean isCertain(long block) {
    for (Provider provider : providers) {
      if (provider.isTrusted() && provider.isHeadCertain() && provider.head() >= block) {
        return true;
      }
    }
    return false;
  }

  /** For how long the agreed head has been the same; 0 while none is known. */
  public long headStillMillis() {
    return NANOSECONDS.toMillis(agreement.stillNanos(ticker.nanos()));
  }

  /** Whether the agreed head has stood still for longer than the chain's blocks explain. */
  public boolean isHeadStalled() {
    return agreement.isStalled(ticker.nanos());
  }

  /** How a provider's head stands to the agreed one. */
  public HeadState headState(Provider provider) {
    return agreement.state(provider, ticker.nanos());
  }

  /** By how many blocks a provider is behind the agreed head; 0 when it is not, or not known. */
  public long lag(Provider provider) {
    long agreed = agreedHead();
    long head = provider.head();
    return head < 0 || agreed < 0 ? 0 : Math.max(0, agreed - head);
  }
}

package io.jethproxy.dispatch;

import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import java.util.List;
import java.util.Optional;

/**
 * Who may be given a transaction. Where any provider is marked for private sends, transactions go
 * to those alone: a private way never falls back to a public one.
 */
final class Senders {

  private Senders() {}

  static boolean arePrivate(Fleet fleet) {
    return fleet.providers().stream().anyMatch(provider -> provider.identity().privateSends());
  }

  static List<Provider> of(Fleet fleet) {
    return fleet.providers().stream()
        .filter(provider -> barrier(provider, fleet).isEmpty())
        .toList();
  }

  /** Why a provider is not given transactions; empty when it may have them. */
  static Optional<String> barrier(Provider provider, Fleet fleet) {
    if (arePrivate(fleet)) {
      return provider.identity().privateSends() ? Optional.empty() : Optional.of("not_private");
    }
    return provider.identity().broadcast() ? Optional.empty() : Optional.of("no_broadcast");
  }
}

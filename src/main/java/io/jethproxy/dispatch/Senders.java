package io.jethproxy.dispatch;

import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import java.util.Optional;

/**
 * Who may be given a transaction. Where any provider is marked for private sends, transactions go
 * to those alone: a private way never falls back to a public one.
 */
final class Senders {

  static final Optional<Objection> NOT_PRIVATE = Optional.of(Objection.NOT_PRIVATE);
  private static final Optional<Objection> NO_BROADCAST = Optional.of(Objection.NO_BROADCAST);

  private Senders() {}

  /** Whether transactions go to providers marked for private sends alone. */
  static boolean arePrivate(Fleet fleet, Fleets fleets) {
    return fleets.isAwaitingPrivate()
        || fleet.providers().stream().anyMatch(provider -> provider.identity().privateSends());
  }

  /** Why a provider is not given transactions; empty when it may have them. */
  static Optional<Objection> objection(Provider provider, Fleet fleet, Fleets fleets) {
    if (arePrivate(fleet, fleets)) {
      return provider.identity().privateSends() ? Optional.empty() : NOT_PRIVATE;
    }
    return provider.identity().broadcast() ? Optional.empty() : NO_BROADCAST;
  }
}

package io.jethproxy.app;

import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Unidentified;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.observe.Transitions;
import java.util.function.Consumer;

/** Tells operators, and those who follow the chain, that a provider's state has changed. */
final class Announcements implements Provider.Listener, Unidentified.Listener {

  private final Fleets fleets;
  private final Transitions transitions;
  private final Consumer<Provider> lost;

  /**
   * @param lost told when a provider has no say any more in what the chain is
   */
  Announcements(Fleets fleets, Transitions transitions, Consumer<Provider> lost) {
    this.fleets = fleets;
    this.transitions = transitions;
    this.lost = lost;
  }

  @Override
  public void changed(Provider provider, Reason from, Reason to, String cause) {
    if (isAbsence(to)) {
      lost.accept(provider);
    }
    transitions.changed(
        new Transitions.Change(
            networkOf(provider), provider.id(), from.label(), to.label(), cause, gravity(to)));
  }

  /** It is no change of state, but somebody must hear of it, as of the same trouble later. */
  @Override
  public void unidentified(String network, String providerId, Trouble cause) {
    String state = Reason.UNIDENTIFIED.label();
    transitions.changed(
        new Transitions.Change(network, providerId, state, state, cause.label(), gravity(cause)));
  }

  private static Transitions.Gravity gravity(Trouble cause) {
    return switch (cause) {
      case AUTH, BILLING, QUOTA_EXHAUSTED, WRONG_CHAIN -> Transitions.Gravity.ALARM;
      default -> Transitions.Gravity.DEGRADED;
    };
  }

  private static boolean isAbsence(Reason state) {
    return switch (state) {
      case EJECTED, AUTH, BILLING, QUOTA_EXHAUSTED, WRONG_CHAIN, SYNCING -> true;
      case HEALTHY, RECOVERING, UNIDENTIFIED, BUSY, THROTTLED -> false;
      case FORKED, BEHIND, METHOD_CLOSED, METHOD_TROUBLE -> false;
    };
  }

  private String networkOf(Provider provider) {
    return fleets.all().stream()
        .filter(fleet -> fleet.provider(provider.id()).isPresent())
        .map(fleet -> fleet.network().name())
        .findFirst()
        .orElse("");
  }

  private static Transitions.Gravity gravity(Reason to) {
    return switch (to) {
      case HEALTHY, RECOVERING, UNIDENTIFIED, BUSY -> Transitions.Gravity.NEWS;
      case EJECTED, THROTTLED, SYNCING, FORKED, BEHIND, METHOD_CLOSED, METHOD_TROUBLE ->
          Transitions.Gravity.DEGRADED;
      case QUOTA_EXHAUSTED, BILLING, AUTH, WRONG_CHAIN -> Transitions.Gravity.ALARM;
    };
  }
}

package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.RangeLimits;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Which providers a call may be given to, apart from their health: by configuration, by the blocks
 * that they have shown, and by what was learned of what they keep, take and offer. What was learned
 * does not count where it would leave nobody to ask.
 */
final class Eligibility {

  private static final Optional<Objection> NOT_OFFERED = Optional.of(Objection.NOT_OFFERED);
  static final Optional<Objection> BEHIND = Optional.of(Objection.BEHIND);
  private static final Optional<Objection> NOT_HELD = Optional.of(Objection.PRUNED);
  private static final Optional<Objection> TOO_WIDE = Optional.of(Objection.RANGE_TOO_LARGE);
  private static final Optional<Objection> PRIVATE_ONLY = Optional.of(Objection.PRIVATE_ONLY);

  private final Fleets fleets;
  private final Chains chains;
  private final BiPredicate<Provider, String> offers;
  private final Holdings holdings;
  private final RangeLimits ranges;
  private final Offers families;

  /** The arguments are those of {@link Dispatch}. */
  Eligibility(
      Fleets fleets,
      Chains chains,
      BiPredicate<Provider, String> offers,
      Holdings holdings,
      RangeLimits ranges,
      Offers families) {
    this.fleets = fleets;
    this.chains = chains;
    this.offers = offers;
    this.holdings = holdings;
    this.ranges = ranges;
    this.families = families;
  }

  /** Why a provider must not be asked this, apart from its health. */
  Candidates.Suitability within(Call call, Fleet fleet, Reach reach) {
    String name = call.request().method();
    return provider -> {
      if (!offers.test(provider, name)) {
        return NOT_OFFERED;
      }
      if (call.method().exposure() == MethodSpec.Exposure.PRIVATE) {
        return provider.identity().privateSends() ? Optional.empty() : Senders.NOT_PRIVATE;
      }
      return switch (call.method().effect()) {
        case BROADCAST -> Senders.objection(provider, fleet, fleets);
        case PRIVATE_SEND ->
            provider.identity().privateSends() ? Optional.empty() : Senders.NOT_PRIVATE;
        case READ, FILTER, SUBSCRIPTION, NODE -> {
          if (provider.identity().privateSends()) {
            yield PRIVATE_ONLY;
          }
          yield reach.isWithin(provider, fleet) && isOnBranch(provider, fleet, reach)
              ? Optional.empty()
              : BEHIND;
        }
      };
    };
  }

  /** Whether the block that the provider has at that height is the one that is served. */
  private boolean isOnBranch(Provider provider, Fleet fleet, Reach reach) {
    Optional<ChainLog> log = chains.of(fleet.network().chainId());
    if (reach.block() < 0 || log.isEmpty()) {
      return true;
    }
    long known = log.get().reach(provider.id());
    long tip = log.get().view().tipNumber();
    boolean isOpen = reach.block() > tip && log.get().isSplit();
    return !isOpen && (known < 0 || known >= Math.min(reach.block(), tip));
  }

  /** Leaves out who has thrown the past away that is asked for, unless nobody else is there. */
  Candidates.Suitability holding(
      Call call, Fleet fleet, Depth depth, Candidates.Suitability suitability) {
    if (!depth.isKnown()) {
      return suitability;
    }
    Candidates.Suitability deep =
        provider -> depth.isHeldBy(provider, holdings) ? suitability.objection(provider) : NOT_HELD;
    return isAnyReady(call, fleet, deep) ? deep : suitability;
  }

  /** Leaves out who does not take as many blocks at once, unless nobody else is there. */
  Candidates.Suitability taking(Call call, Fleet fleet, Candidates.Suitability suitability) {
    Width width = Width.of(call);
    if (!width.isKnown()) {
      return suitability;
    }
    Candidates.Suitability wide =
        provider -> {
          Optional<Objection> other = suitability.objection(provider);
          return other.isPresent() || width.isTakenBy(provider, ranges) ? other : TOO_WIDE;
        };
    return isAnyReady(call, fleet, wide) ? wide : suitability;
  }

  /**
   * Asks those who offer such methods, if there are any; the others, too, when it turns out that
   * this very method is one that those do not have.
   */
  CompletableFuture<Outcome> amongOffering(
      Call call,
      Fleet fleet,
      Candidates.Suitability suitability,
      Function<Candidates.Suitability, CompletableFuture<Outcome>> round) {
    Optional<Offers.Family> family = Offers.Family.of(call.request().method());
    if (family.isEmpty()
        || fleet.providers().stream().allMatch(each -> mayOffer(each, family.get()))) {
      return round.apply(suitability);
    }
    Candidates.Suitability offering =
        provider ->
            mayOffer(provider, family.get()) ? suitability.objection(provider) : NOT_OFFERED;
    return isAnyReady(call, fleet, offering)
        ? round
            .apply(offering)
            .thenCompose(outcome ->
                isUnknownMethod(outcome)
                    ? round.apply(suitability)
                    : CompletableFuture.completedFuture(outcome))
        : round.apply(suitability);
  }

  private boolean mayOffer(Provider provider, Offers.Family family) {
    return families.mayOffer(provider.id(), family);
  }

  private static boolean isUnknownMethod(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var refusal)
        && refusal.kind() == Refusal.Kind.METHOD_NOT_FOUND;
  }

  static boolean isAnyReady(Call call, Fleet fleet, Candidates.Suitability suitability) {
    for (Provider provider : fleet.providers()) {
      if (suitability.objection(provider).isEmpty() && !provider.standing(call.method()).isOut()) {
        return true;
      }
    }
    return false;
  }
}

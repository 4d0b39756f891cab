package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.dispatch.Wording.Way;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.fleet.HashForms;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.Fault;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * Asks for a block by its hash, so that no provider can answer of another one: nodes change branch
 * between two looks at them, and what {@code eth_call} gives does not say where it was run. A
 * provider which takes numbers only is believed if it was on the branch before and after.
 *
 * <p>Whether a provider takes the hash is learned by asking: what it objects to by hash and answers
 * by number right after, it does not take. Belongs to one round of one call, whose loop asks, while
 * answers are reviewed on any thread.
 */
final class Pinned implements Phrasing {

  /** The code of a contract's own refusal. */
  private static final int REVERTED = 3;

  private final Call call;
  private final Pin pin;
  private final Optional<Call> byHash;
  private final ChainLog log;
  private final HashForms forms;
  private final BiPredicate<Provider, String> offers;
  private final Review review;

  /** Who did not take the hash in this round, and why. */
  private final Map<String, Trouble> objections = new ConcurrentHashMap<>(2);

  /**
   * @param offers whether a provider may be asked for a method, as configured
   * @param review what to make of an outcome, wherever it comes from
   */
  Pinned(
      Call call,
      Pin pin,
      ChainLog log,
      HashForms forms,
      BiPredicate<Provider, String> offers,
      Review review) {
    this.call = call;
    this.pin = pin;
    this.byHash = pin.byHash(call, pin.isIn(log.view()));
    this.log = log;
    this.forms = forms;
    this.offers = offers;
    this.review = review;
  }

  @Override
  public Wording of(Provider provider) {
    if (byHash.isEmpty()) {
      return plainly(provider);
    }
    String method = byHash.get().request().method();
    return forms.mayTake(provider.id(), method) && offers.test(provider, method)
        ? new Wording(byHash.get(), Way.BY_HASH)
        : plainly(provider);
  }

  @Override
  public Wording plainly(Provider provider) {
    return new Wording(call, isOnBranch(provider) ? Way.BY_NUMBER : Way.BY_NUMBER_ASTRAY);
  }

  /** Whether the chain has the block, and the provider too, as far as it has shown. */
  private boolean isOnBranch(Provider provider) {
    return pin.isIn(log.view()) && log.reach(provider.id()) >= pin.number();
  }

  @Override
  public Outcome review(Wording asked, Provider provider, Outcome outcome) {
    return switch (asked.way()) {
      case AS_IS -> review.of(asked.call(), provider, outcome);
      case BY_HASH -> ofHash(asked.call(), provider, outcome);
      case BY_NUMBER -> ofNumber(provider, outcome);
      case BY_NUMBER_ASTRAY -> isOfABlock(outcome) ? missing(provider) : outcome;
    };
  }

  // By hash.

  private Outcome ofHash(Call asked, Provider provider, Outcome outcome) {
    String method = asked.request().method();
    if (isObjection(provider, method, outcome)) {
      objections.put(
          provider.id(),
          outcome instanceof Outcome.Unserved unserved ? unserved.trouble() : Trouble.HASH_REFUSED);
      return new Outcome.Unserved(Trouble.HASH_REFUSED, provider.id());
    }
    Outcome reviewed = review.of(asked, provider, outcome);
    if (isSomething(reviewed) || isRevert(reviewed)) {
      forms.taken(provider.id(), method);
    }
    return isNothing(reviewed) && Reach.namesWholeBlock(call.method())
        ? missing(provider)
        : withPart(provider, reviewed);
  }

  /** Whether it may be the hash, and not the question, that the provider does not understand. */
  private boolean isObjection(Provider provider, String method, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Rejected _ -> !isRevert(outcome) && !forms.isTaken(provider.id(), method);
      case Outcome.Unserved unserved ->
          switch (unserved.trouble()) {
            case METHOD_CLOSED -> true;
            case INTERNAL, MALFORMED, WRONG_ANSWER, POLICY -> !forms.isTaken(provider.id(), method);
            case MISSING_DATA -> !forms.isTaken(provider.id(), method) && isOnBranch(provider);
            default -> false;
          };
      case Outcome.Answer _, Outcome.Refused _ -> false;
    };
  }

  // By number.

  private Outcome ofNumber(Provider provider, Outcome outcome) {
    if (isOfABlock(outcome) && !isOnBranch(provider)) {
      return missing(provider);
    }
    Outcome reviewed = unsure(withPart(provider, review.of(call, provider, outcome)));
    Trouble objection = objections.get(provider.id());
    return objection == null || byHash.isEmpty()
        ? reviewed
        : afterObjection(objection, byHash.get().request().method(), provider, reviewed);
  }

  /** Null is wrong where the block has what was asked for by its index. */
  private Outcome withPart(Provider provider, Outcome reviewed) {
    return isNothing(reviewed) && pin.mayHavePart(call, log.view()) ? missing(provider) : reviewed;
  }

  /**
   * An answer that does not say which block it is of, and may be of one that came and went between
   * two looks at the provider, is not kept for others. Logs name their blocks.
   */
  private Outcome unsure(Outcome reviewed) {
    return reviewed instanceof Outcome.Answer answer
            && call.method().block().kind() == BlockParam.Kind.BLOCK
        ? new Outcome.Answer(answer.result(), answer.by(), false)
        : reviewed;
  }

  /**
   * What the objection was worth. A hash that is not known may be that of a block which the
   * provider has just replaced: then what it says by number is of another one, and teaches without
   * being used. A failure may have been one of the moment: only when it is repeated is it meant.
   */
  private Outcome afterObjection(
      Trouble objection, String method, Provider provider, Outcome reviewed) {
    if (!isSomething(reviewed)) {
      return reviewed;
    }
    switch (objection) {
      case MISSING_DATA, INTERNAL, MALFORMED, WRONG_ANSWER, POLICY ->
          forms.doubted(provider.id(), method);
      default -> forms.refused(provider.id(), method);
    }
    return objection == Trouble.MISSING_DATA ? missing(provider) : reviewed;
  }

  /** Whether the provider has looked at its chain: bad params are bad on any branch. */
  private static boolean isOfABlock(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer _ -> true;
      case Outcome.Rejected(var fault, _, _) -> fault.code() != Fault.INVALID_PARAMS;
      case Outcome.Unserved _, Outcome.Refused _ -> false;
    };
  }

  private static boolean isSomething(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer && !answer.result().isNull();
  }

  private static boolean isNothing(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer && answer.result().isNull();
  }

  private static boolean isRevert(Outcome outcome) {
    return outcome instanceof Outcome.Rejected(var fault, _, _) && fault.code() == REVERTED;
  }

  private static Outcome missing(Provider provider) {
    return new Outcome.Unserved(Trouble.MISSING_DATA, provider.id());
  }
}

package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Listing;
import io.jethproxy.chain.View;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HashForms;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.rpc.Fault;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The end of the pipeline: whom to ask, how many, who wins. Every call that gets here leaves with
 * an answer, the chain's own error, or a refusal that names what was tried.
 */
public final class Dispatch implements Handler {

  /**
   * @param attempt the deadline of one attempt at one provider; slow methods get four times that
   * @param hedging whether slow reads are asked twice
   * @param retryShare retries allowed per call, 0 to 1
   */
  public record Config(Duration attempt, boolean hedging, double retryShare) {

    public Config {
      if (!attempt.isPositive()) {
        throw new IllegalArgumentException("timeoutSeconds: " + attempt + " (expected: > 0)");
      }
      if (!(retryShare >= 0 && retryShare <= 1)) {
        throw new IllegalArgumentException("retryBudget: " + retryShare + " (expected: 0..1)");
      }
    }

    RetryBudget.Config retries() {
      RetryBudget.Config usual = RetryBudget.Config.RETRIES;
      return new RetryBudget.Config(retryShare, usual.floorPerSecond(), usual.ttlMillis());
    }
  }

  private static final Outcome NO_TRANSACTION =
      new Outcome.Rejected(
          new Fault(
              Fault.INVALID_PARAMS,
              "params: no signed transaction (expected: one string of 0x and hex digits)"),
          "gateway");

  private static final Outcome REPLACED =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.MISSING_DATA,
              "the chain has replaced the block while it was asked for",
              "replaced"));

  /** For providers that have a block of the chain, but were on another branch just now. */
  private static final long PIN_WAIT_NANOS = SECONDS.toNanos(2);

  /** As long as the call may take. */
  private static final long UNTIL_THE_DEADLINE = Long.MAX_VALUE;

  private final Fleets fleets;
  private final Chains chains;
  private final Methods methods;
  private final Ticker ticker;
  private final Config config;
  private final RandomGenerator dice;
  private final BiPredicate<Provider, String> offers;
  private final Check check;
  private final LongReviews reviews;
  private final Holdings holdings;
  private final RangeLimits ranges;
  private final HashForms forms;
  private final Offers families;
  private final Eligibility eligibility;

  /** One network's bad day must not cost another its failover. As many as there are networks. */
  private final ByChain<Budgets> budgets = new ByChain<>();

  /** What clients were told outlives a reload. As many as there are networks. */
  private final ByChain<ToldHead> toldHeads = new ByChain<>();

  /** What further attempts of one network's calls may cost. */
  record Budgets(RetryBudget retries, RetryBudget hedges, RetryBudget catchUps) {
    void earn() {
      retries.earn();
      hedges.earn();
      catchUps.earn();
    }
  }

  /** Looks at an answer. */
  @FunctionalInterface
  public interface Check {
    /** The outcome as it may be used: an answer that is wrong is none. */
    Outcome of(Call call, Outcome outcome);
  }

  /**
   * @param dice must bear use by several loops
   * @param offers whether a provider may be asked for a method, as configured
   * @param check what to make of an answer that can be checked
   * @param reviews where that is done
   * @param holdings how far into the past each provider reaches
   * @param ranges how many blocks each provider takes at once
   * @param forms who takes a block by its hash
   * @param families who offers which families of methods
   */
  public Dispatch(
      Fleets fleets,
      Chains chains,
      Methods methods,
      Ticker ticker,
      RandomGenerator dice,
      BiPredicate<Provider, String> offers,
      Check check,
      LongReviews reviews,
      Holdings holdings,
      RangeLimits ranges,
      HashForms forms,
      Offers families,
      Config config) {
    this.fleets = fleets;
    this.chains = chains;
    this.methods = methods;
    this.ticker = ticker;
    this.config = config;
    this.dice = dice;
    this.offers = offers;
    this.check = check;
    this.reviews = reviews;
    this.holdings = holdings;
    this.ranges = ranges;
    this.forms = forms;
    this.families = families;
    this.eligibility = new Eligibility(fleets, chains, offers, holdings, ranges, families);
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call) {
    Optional<Fleet> fleet = fleets.of(call.network().chainId());
    if (fleet.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Outcome.Refused(
              new Refusal(
                  Refusal.Kind.NO_PROVIDER, "no provider for this network", "no_provider")));
    }
    budgets(fleet.get()).earn();
    return switch (call.method().effect()) {
      case BROADCAST, PRIVATE_SEND ->
          Publication.formOf(call.request().method())
              .map(form -> publish(call, fleet.get(), form))
              .orElseGet(() -> read(call, fleet.get()));
      case READ, FILTER, SUBSCRIPTION, NODE -> read(call, fleet.get());
    };
  }

  private CompletableFuture<Outcome> publish(Call call, Fleet fleet, Publication.Form form) {
    Optional<Publication> publication = Publication.of(call, form);
    if (publication.isEmpty()) {
      return CompletableFuture.completedFuture(NO_TRANSACTION);
    }
    Candidates senders =
        new Candidates(fleet, call.method(), eligibility.within(call, fleet, Reach.ANY), dice);
    return new Broadcast(this, methods, call, fleet, senders, publication.get()).start();
  }

  /** One provider's answer, from whichever can give it. */
  private CompletableFuture<Outcome> read(Call call, Fleet fleet) {
    Reach reach = reach(call, fleet);
    Optional<Pin> pin = Pin.of(call, view(call));
    if (pin.isPresent()) {
      return catchUp(
          call,
          fleet,
          reach.isNew() ? newBlockWait(call, fleet, pin.get()) : () -> PIN_WAIT_NANOS,
          () -> read(call, fleet, pin.get()));
    }
    if (call.method().block().kind() == BlockParam.Kind.TRANSACTION) {
      return catchUp(
          call,
          fleet,
          () -> minedIn(call).isPresent() ? UNTIL_THE_DEADLINE : 0,
          () -> readTransaction(call, fleet));
    }
    return reach.isNew()
        ? catchUp(
            call, fleet, () -> UNTIL_THE_DEADLINE, () -> read(call, fleet, reach(call, fleet)))
        : read(call, fleet, reach);
  }

  /** Of a transaction that is mined, those who have its block may know more than those ahead. */
  private CompletableFuture<Outcome> readTransaction(Call call, Fleet fleet) {
    Reach reach = reach(call, fleet);
    return read(call, fleet, reach)
        .thenCompose(outcome ->
            CatchUp.isNotYetThere(outcome)
                ? fromThoseBehind(call, fleet, reach, outcome)
                : CompletableFuture.completedFuture(outcome));
  }

  /** When nobody was within reach, those behind were asked already. */
  private CompletableFuture<Outcome> fromThoseBehind(
      Call call, Fleet fleet, Reach asked, Outcome missing) {
    Optional<Reach> itsBlock = minedIn(call).map(block -> Reach.ofBlock(block.number()));
    if (itsBlock.isEmpty()
        || !Eligibility.isAnyReady(call, fleet, eligibility.within(call, fleet, asked))) {
      return CompletableFuture.completedFuture(missing);
    }
    Candidates.Suitability able = eligibility.within(call, fleet, itsBlock.get());
    Candidates.Suitability behind =
        provider -> asked.isWithin(provider, fleet) ? Eligibility.BEHIND : able.objection(provider);
    if (!Eligibility.isAnyReady(call, fleet, behind)) {
      return CompletableFuture.completedFuture(missing);
    }
    return round(call, fleet, behind, tally(call, itsBlock.get()))
        .thenApply(outcome -> outcome instanceof Outcome.Answer ? outcome : missing);
  }

  /** The new block that the transaction is in; empty when that is not known. */
  private Optional<Block> minedIn(Call call) {
    return Slices.hash(Slices.element(call.request().params(), 0))
        .flatMap(transaction -> Listing.blockOf(judging(call), transaction));
  }

  /** The chain that answers are judged by: that of the batch, or as it is now. */
  private View judging(Call call) {
    return call.moment().isShared() ? view(call) : chains.view(call.network().chainId());
  }

  /** What a batch was told is new may be replaced meanwhile: then nobody else will get it. */
  private LongSupplier newBlockWait(Call call, Fleet fleet, Pin pin) {
    if (!call.moment().isShared()) {
      return () -> UNTIL_THE_DEADLINE;
    }
    ChainLog log = log(fleet);
    return () -> pin.isIn(log.view()) ? UNTIL_THE_DEADLINE : PIN_WAIT_NANOS;
  }

  private ChainLog log(Fleet fleet) {
    return chains.of(fleet.network().chainId()).orElseThrow();
  }

  private CompletableFuture<Outcome> catchUp(
      Call call,
      Fleet fleet,
      LongSupplier waitNanos,
      Supplier<CompletableFuture<Outcome>> question) {
    return new CatchUp(call, ticker, budgets(fleet).catchUps(), waitNanos, question).start();
  }

  /**
   * An answer of one very block. When the chain has replaced it, a single call had better be asked
   * of the new one; what came in a batch stays with the others, as some nodes keep such blocks.
   */
  private CompletableFuture<Outcome> read(Call call, Fleet fleet, Pin pin) {
    ChainLog log = log(fleet);
    boolean isReplaced = !pin.isIn(log.view());
    if (isReplaced && !call.moment().isShared()) {
      return CompletableFuture.completedFuture(REPLACED);
    }
    Reach reach = reach(call, fleet);
    Candidates.Suitability within =
        isReplaced
            ? eligibility.within(call, fleet, Reach.ANY)
            : eligibility.within(call, fleet, reach);
    Phrasing phrasing = new Pinned(call, pin, log, forms, offers, review(call, fleet));
    Candidates.Suitability able =
        eligibility.taking(call, fleet, eligibility.holding(call, fleet, depth(call), within));
    return eligibility.amongOffering(
        call, fleet, able, those -> round(call, fleet, those, tally(call, reach), phrasing));
  }

  private View view(Call call) {
    return call.moment().fix(View.class, () -> chains.view(call.network().chainId()));
  }

  private Depth depth(Call call) {
    return Depth.of(call, view(call));
  }

  private Reach reach(Call call, Fleet fleet) {
    ToldHead told = told(fleet);
    View view = view(call);
    Reach reach =
        Reach.of(
            call,
            view.tip().isPresent() ? view.tipNumber() : fleet.agreedHead(),
            () -> Math.max(fleet.shownHead(), told.number(fleet)));
    return EmptyLogs.areDoubtful(call, view) ? reach.doubtingLists() : reach;
  }

  private CompletableFuture<Outcome> read(Call call, Fleet fleet, Reach reach) {
    Candidates.Suitability within =
        eligibility.taking(
            call,
            fleet,
            eligibility.holding(call, fleet, depth(call), eligibility.within(call, fleet, reach)));
    if (reach.isSoft() && !Eligibility.isAnyReady(call, fleet, within)) {
      Reach relaxed = reach.relaxed();
      return round(call, fleet, eligibility.within(call, fleet, relaxed), tally(call, relaxed));
    }
    return eligibility.amongOffering(
        call, fleet, within, those -> round(call, fleet, those, tally(call, reach)));
  }

  /** Whether a transaction is known where it was, or may have been, sent. */
  CompletableFuture<Outcome> lookUp(Call call, Fleet fleet) {
    Candidates.Suitability known =
        Senders.arePrivate(fleet, fleets)
            ? provider -> Senders.objection(provider, fleet, fleets)
            : eligibility.within(call, fleet, Reach.ANY);
    return round(call, fleet, known, new Tally(Tally.Empties.DOUBTED, Tally.Asked.ONE_THING));
  }

  private CompletableFuture<Outcome> round(
      Call call, Fleet fleet, Candidates.Suitability suitability, Tally tally) {
    return round(call, fleet, suitability, tally, Phrasing.asIs(call, review(call, fleet)));
  }

  private CompletableFuture<Outcome> round(
      Call call, Fleet fleet, Candidates.Suitability suitability, Tally tally, Phrasing phrasing) {
    Candidates candidates = new Candidates(fleet, call.method(), suitability, dice);
    return new Round(this, call, tactic(call), candidates, tally, phrasing, budgets(fleet)).start();
  }

  /** An answer is checked, then counts: a wrong one against the provider. */
  private Review review(Call call, Fleet fleet) {
    HeadAnswers heads = new HeadAnswers(fleet, told(fleet));
    Depth depth = depth(call);
    Width width = Width.of(call);
    Optional<Offers.Family> family = Offers.Family.of(call.request().method());
    return (asked, provider, outcome) -> {
      Outcome checked = check.of(asked, heads.check(asked, provider, outcome));
      depth.learn(provider, checked, holdings);
      family
          .filter(_ -> checked instanceof Outcome.Answer)
          .filter(each -> !families.mayOffer(provider.id(), each))
          .ifPresent(each -> families.found(provider.id(), each, true));
      width.learn(provider, checked, ranges);
      return checked;
    };
  }

  private static Tally tally(Call call, Reach reach) {
    return new Tally(reach.empties(), reach.isFuture() ? Tally.Asked.FUTURE : askedBy(call));
  }

  private static Tally.Asked askedBy(Call call) {
    return call.method().block().kind() == BlockParam.Kind.RANGE
        ? Tally.Asked.RANGE
        : Tally.Asked.ONE_THING;
  }

  Tactic tactic(Call call) {
    return Tactic.of(call, config.attempt(), config.hedging());
  }

  Ticker ticker() {
    return ticker;
  }

  LongReviews reviews() {
    return reviews;
  }

  private Budgets budgets(Fleet fleet) {
    return budgets.get(fleet.network().chainId(), this::newBudgets);
  }

  private ToldHead told(Fleet fleet) {
    return toldHeads.get(fleet.network().chainId(), () -> new ToldHead(ticker));
  }

  private Budgets newBudgets() {
    return new Budgets(
        new RetryBudget(config.retries(), ticker),
        new RetryBudget(RetryBudget.Config.HEDGES, ticker),
        new RetryBudget(RetryBudget.Config.CATCH_UPS, ticker));
  }
}

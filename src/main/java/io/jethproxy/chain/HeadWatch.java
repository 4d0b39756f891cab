package io.jethproxy.chain;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Transport;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one provider: first which chain it serves, then its head, and now and then the chain
 * again, and whether it is syncing. Lives on the loop that started it.
 *
 * <p>The head is asked for when the next block is due, see {@link Pace}, sooner when another
 * provider of the network shows a newer head, more rarely while the provider does not answer. The
 * chain is asked for again each minute, after the provider was away, and when its head goes back or
 * leaps. Where there are enough providers to tell who is right, a new head counts once it was
 * compared with the others', see {@link Branches}.
 */
public final class HeadWatch {

  private static final Logger LOG = LoggerFactory.getLogger(HeadWatch.class);

  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A provider that does not answer is asked twice a second at most, and ever more rarely. */
  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A provider whose head jumps with every answer is not checked more often than this. */
  private static final long CHECK_GAP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How soon to check again what did not look good, or could not be checked. */
  private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A new head shown by one provider is usually everywhere within this time. */
  private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A head that goes back by no more than this is an ordinary reorganisation. */
  private static final int REORG_BLOCKS = 8;

  /** With fewer providers nobody can say which of two branches is the right one. */
  private static final int PROVIDERS_TO_COMPARE = 3;

  /** How long to wait for the others to name a block. */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** On such networks the newest block changes until it is complete: nothing to compare. */
  private static final String UNSTEADY_HEADS = "pre-confirmed";

  private final String providerId;
  private final Transport transport;
  private final OptionalLong configuredChain;
  private final LongFunction<Provider> recruit;
  private final Networks networks;
  private final Fleets fleets;
  private final Branches branches;
  private final Ticker ticker;
  private final Consumer<HeadWatch> newHead;
  private final Function<Network, Sightings> followers;
  private final Expenses expenses;
  private @Nullable Provider provider;
  private @Nullable Comparison comparison;
  private Sightings sightings = Sightings.IGNORED;
  private int unsteadyBlocks;
  private long shown = -1;
  private long chainId = -1;
  private Pace pace = new Pace(0);
  private long retryNanos = RETRY_NANOS_MIN;
  private long checkAtNanos;
  private long checkedNanos;
  private boolean fenced;
  private boolean away;
  private boolean late;
  private boolean syncChecked;
  private SyncState sync = SyncState.DONE;
  private Ticker.Alarm next = () -> {};
  private boolean asking;
  private boolean stopped;

  /**
   * @param transport asks the provider before it is known which chain it serves
   * @param configuredChain the chain that the configuration says; empty to believe the provider
   * @param recruit makes the provider of a chain id
   * @param newHead told when this provider shows a head that is newer than the agreed one
   * @param followers who keeps the chain log of a network
   * @param expenses counts what is asked
   */
  public HeadWatch(
      String providerId,
      Transport transport,
      OptionalLong configuredChain,
      LongFunction<Provider> recruit,
      Networks networks,
      Fleets fleets,
      Branches branches,
      Ticker ticker,
      Consumer<HeadWatch> newHead,
      Function<Network, Sightings> followers,
      Expenses expenses) {
    this.providerId = providerId;
    this.transport = transport;
    this.configuredChain = configuredChain;
    this.recruit = recruit;
    this.networks = networks;
    this.fleets = fleets;
    this.branches = branches;
    this.ticker = ticker;
    this.newHead = newHead;
    this.followers = followers;
    this.expenses = expenses;
    this.checkAtNanos = ticker.nanos();
    this.checkedNanos = checkAtNanos;
  }

  /** Begins; a provider of a configured chain joins its fleet now, others when they have told. */
  public void start() {
    configuredChain.ifPresent(this::join);
    identify();
  }

  public void stop() {
    stopped = true;
    next.cancel();
  }

  /** Another provider shows a newer head: look soon, unless this one does not answer anyway. */
  public void nudge() {
    boolean answers = !fenced && retryNanos == RETRY_NANOS_MIN;
    boolean idle = !asking && !stopped;
    if (provider != null && answers && idle && provider.quietNanos() == 0) {
      later(NUDGE_NANOS, this::poll);
    }
  }

  public String providerId() {
    return providerId;
  }

  /** The chain whose fleet the provider is in; empty before it is in one. */
  public OptionalLong chainId() {
    return chainId < 0 ? OptionalLong.empty() : OptionalLong.of(chainId);
  }

  // Which chain.

  private void identify() {
    ask(
        "eth_chainId",
        RawJson.ABSENT,
        this::toldChain,
        outcome -> {
          if (isConfigured() && isClosed(outcome)) {
            vouch();
          } else {
            later(backedOff(), this::identify);
          }
        });
  }

  /** It does not offer the question, but the configuration names its chain. */
  private void vouch() {
    ask(
        "net_version",
        RawJson.ABSENT,
        this::toldVersion,
        outcome -> {
          if (isClosed(outcome)) {
            believeConfiguration();
          } else {
            later(backedOff(), this::identify);
          }
        });
  }

  private void toldVersion(RawJson result) {
    if (result.is('"' + Long.toString(chainId) + '"')) {
      toldChain(RawJson.of('"' + Hex.quantity(chainId) + '"'));
    } else {
      LOG.atError()
          .addKeyValue("provider", providerId)
          .log("it does not offer eth_chainId, and net_version is not that of chain {}", chainId);
      later(RECHECK_NANOS, this::identify);
    }
  }

  private void believeConfiguration() {
    LOG.atWarn()
        .addKeyValue("provider", providerId)
        .log("it tells neither chain nor version; taken for chain {} as configured", chainId);
    toldChain(RawJson.of('"' + Hex.quantity(chainId) + '"'));
  }

  private boolean isConfigured() {
    return configuredChain.isPresent() && !fenced;
  }

  private static boolean isClosed(Outcome outcome) {
    return outcome instanceof Outcome.Unserved unserved
        && unserved.trouble() == Trouble.METHOD_CLOSED;
  }

  private void toldChain(RawJson result) {
    long told = quantity(result);
    if (told <= 0) {
      later(backedOff(), this::identify);
      return;
    }
    Provider known = provider != null ? provider : join(told);
    known.identified(told);
    away = false;
    if (told == chainId) {
      fenced = false;
      checkedNanos = ticker.nanos();
      checkAtNanos = checkedNanos + CHECK_NANOS;
      syncChecked = false;
      askHead();
    } else {
      fence(told);
      later(RECHECK_NANOS, this::identify);
    }
  }

  private void fence(long told) {
    if (!fenced) {
      LOG.atError()
          .addKeyValue("provider", providerId)
          .log("it serves chain {} (expected: {}); it gets no calls until it does", told, chainId);
    }
    fenced = true;
    lost();
  }

  private void lost() {
    Provider known = provider;
    if (known != null) {
      sightings.lost(known);
    }
  }

  private Provider join(long chain) {
    Network network = networks.byId(chain);
    chainId = chain;
    pace = new Pace(network.blockTimeMillis());
    Provider joined = recruit.apply(chain);
    provider = joined;
    if (network.quirks().contains(UNSTEADY_HEADS)) {
      unsteadyBlocks = 1;
    } else {
      comparison = new Comparison(branches, chain, joined);
    }
    if (!fleets.join(network, joined)) {
      LOG.atError()
          .addKeyValue("provider", providerId)
          .log("it is not used: the network has too many providers");
      stop();
    } else if (!joined.identity().privateSends()) {
      sightings = followers.apply(network);
    }
    return joined;
  }

  /** Proves the chain again; when that cannot be asked, the head is followed all the same. */
  private void check() {
    away = false;
    ask(
        "eth_chainId",
        RawJson.ABSENT,
        this::toldChain,
        outcome -> {
          boolean hopeless = isClosed(outcome);
          checkAtNanos = ticker.nanos() + (hopeless ? CHECK_NANOS : RECHECK_NANOS);
          later(backedOff(), away ? this::poll : this::askHead);
        });
  }

  /** At once, but in a loop with its answers never. */
  private void checkSoon() {
    long due = checkedNanos + CHECK_GAP_NANOS;
    if (ticker.nanos() - due >= 0) {
      check();
    } else {
      checkAtNanos = due;
      pollWhenDue();
    }
  }

  // Its head.

  private void poll() {
    long quiet = provider == null ? 0 : provider.quietNanos();
    if (quiet > 0) {
      later(quiet, this::poll); // it asked to be left alone
      return;
    }
    if (isDoubtful() || ticker.nanos() - checkAtNanos >= 0) {
      check();
    } else {
      askHead();
    }
  }

  /** Whether it was away, as seen here or by clients' calls, so that another may answer now. */
  private boolean isDoubtful() {
    return away || (provider != null && !provider.isHeadCertain());
  }

  private void askHead() {
    ask("eth_blockNumber", RawJson.ABSENT, this::toldHead, _ -> later(backedOff(), this::poll));
  }

  private void toldHead(RawJson result) {
    long head = quantity(result);
    Provider known = provider;
    if (head < 0 || known == null) {
      later(backedOff(), this::poll);
      return;
    }
    retryNanos = RETRY_NANOS_MIN;
    boolean compares = comparison != null && isComparable() && comparison.isDue(head);
    if (compares || head != shown) {
      look(known, head, compares);
    } else {
      sightings.stillSees(known);
      believe(known, head);
    }
  }

  /** Looks at the newest block, or at the newest one that does not change any more. */
  private void look(Provider known, long head, boolean compares) {
    long number = Math.max(0, head - unsteadyBlocks);
    askBlock(
        number,
        block -> {
          show(known, head, number, block);
          if (compares && comparison != null) {
            compare(comparison, known, head, number, block);
          } else {
            believe(known, head);
          }
        },
        () -> believe(known, head));
  }

  private void show(Provider known, long head, long number, RawJson json) {
    if (json.isNull()) {
      return; // it has the number already, but not the block: look again
    }
    shown = head;
    Block.read(json)
        .filter(block -> block.number() == number)
        .ifPresent(block -> sightings.saw(known, block));
  }

  private boolean isComparable() {
    return fleets.of(chainId).stream()
        .anyMatch(fleet -> fleet.providers().size() >= PROVIDERS_TO_COMPARE);
  }

  private void compare(Comparison with, Provider known, long head, long number, RawJson block) {
    long agreed = fleets.of(chainId).map(Fleet::agreedHead).orElse(-1L);
    switch (with.saw(Link.read(block), number, agreed)) {
      case BELIEVE -> {
        with.believed(head);
        believe(known, head);
      }
      case COMPARE_AT_AGREED ->
          askBlock(
              agreed,
              older -> compare(with, known, head, agreed, older),
              () -> believe(known, head));
      case WAIT -> later(WAIT_NANOS, this::poll);
    }
  }

  private void askBlock(long number, Consumer<RawJson> then, Runnable otherwise) {
    ask(
        "eth_getBlockByNumber",
        RawJson.of("[\"" + Hex.quantity(number) + "\",false]"),
        then,
        _ -> otherwise.run());
  }

  private void believe(Provider known, long head) {
    long before = known.head();
    learn(known, sync.limit(head));
    if (isSuspicious(before, known.head())) {
      checkSoon();
    } else if (!syncChecked) {
      syncChecked = true;
      ask("eth_syncing", RawJson.ABSENT, told -> toldSyncing(known, told), _ -> pollWhenDue());
    } else {
      pollWhenDue();
    }
  }

  private void learn(Provider known, long head) {
    pace.saw(head, ticker.nanos());
    Optional<Fleet> fleet = fleets.of(chainId);
    boolean news =
        fleet.isPresent() && head > fleet.get().agreedHead() && fleet.get().mayHaveReached(head);
    known.learnHead(head);
    if (news) {
      newHead.accept(this);
    }
    tellWhenLate(lag(known));
  }

  private long lag(Provider known) {
    return fleets.of(chainId).map(fleet -> fleet.lag(known)).orElse(0L);
  }

  /** Another chain, or a node that was set up anew, is told by where its head is. */
  private boolean isSuspicious(long before, long head) {
    boolean leaps =
        before >= 0
            && head > before
            && fleets.of(chainId).stream().anyMatch(fleet -> !fleet.mayHaveReached(head));
    return leaps || head < before - REORG_BLOCKS;
  }

  private void tellWhenLate(long blocks) {
    if (!late && blocks >= pace.lateBlocks()) {
      late = true;
      LOG.atWarn()
          .addKeyValue("provider", providerId)
          .log("its head is {} blocks behind the others", blocks);
    } else if (late && blocks <= pace.lateBlocks() / 2) {
      late = false;
      LOG.atInfo().addKeyValue("provider", providerId).log("its head is where the others are");
    }
  }

  private void pollWhenDue() {
    Provider known = provider;
    if (known != null) {
      later(pace.untilNextNanos(known.headAgeNanos(), lag(known) > 0), this::poll);
    }
  }

  // Whether it is syncing.

  private void toldSyncing(Provider known, RawJson result) {
    SyncState told = SyncState.of(result);
    if (told.isBehind()) {
      if (!sync.isBehind()) {
        LOG.atWarn()
            .addKeyValue("provider", providerId)
            .log("it is syncing, at block {} of {}", told.current(), told.highest());
      }
      checkAtNanos = ticker.nanos() + RECHECK_NANOS;
      known.learnHead(told.limit(known.head()));
    }
    sync = told;
    pollWhenDue();
  }

  // Asking.

  private void ask(
      String method, RawJson params, Consumer<RawJson> then, Consumer<Outcome> otherwise) {
    if (stopped) {
      return;
    }
    next.cancel();
    asking = true;
    Consumer<Outcome> inbox =
        outcome -> {
          asking = false;
          if (outcome instanceof Outcome.Answer answer) {
            then.accept(answer.result());
          } else {
            if (outcome instanceof Outcome.Unserved unserved) {
              away |= isAbsence(unserved);
              if (isAbsence(unserved) || unserved.trouble() == Trouble.TIMEOUT) {
                lost();
              }
            }
            otherwise.accept(outcome);
          }
        };
    expenses.asked(providerId, method);
    if (provider == null) {
      transport.send(method, params, PROBE_NANOS, inbox);
    } else {
      provider.probe(method, params, PROBE_NANOS, inbox);
    }
  }

  /** Whether who answers next may be another. */
  private static boolean isAbsence(Outcome.Unserved unserved) {
    return switch (unserved.trouble()) {
      case UNREACHABLE, DNS, TLS, CONNECT_TIMEOUT, BROKEN -> true;
      default -> false;
    };
  }

  private static long quantity(RawJson text) {
    return Hex.quantity(text.bytes(), text.from() + 1, text.to() - 1);
  }

  private long backedOff() {
    long wait = retryNanos;
    retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
    return Math.max(wait, provider == null ? 0 : provider.quietNanos());
  }

  private void later(long afterNanos, Runnable action) {
    if (!stopped) {
      next.cancel();
      next = ticker.alarm(afterNanos, action);
    }
  }
}

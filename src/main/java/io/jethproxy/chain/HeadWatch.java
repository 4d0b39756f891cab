package io.jethproxy.chain;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
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
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one provider: first which chain it serves, then its head, and now and then the chain
 * again. Lives on the loop that started it.
 *
 * <p>The head is asked for about twice in a block time, more rarely while the provider does not
 * answer, and sooner when another provider of the network shows a newer head. Where there are
 * enough providers to tell who is right, a new head counts once it was compared with the others'
 * (see {@link Branches}).
 */
public final class HeadWatch {

  private static final Logger LOG = LoggerFactory.getLogger(HeadWatch.class);

  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long POLL_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long POLL_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);
  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
  private static final long IDENTITY_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A new head shown by one provider is usually everywhere within this time. */
  private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** With fewer nobody can say which of two branches is the right one. */
  private static final int PROVIDERS_TO_COMPARE = 3;

  /** Within one interval of theirs the others have named the blocks that a newcomer shows. */
  private static final int WAITS_MAX = 5;

  /** On such networks the newest block changes until it is complete. */
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
  private @Nullable Provider provider;
  private long chainId = -1;
  private long pollNanos = POLL_NANOS_MAX;
  private long retryNanos = RETRY_NANOS_MIN;
  private long identifiedNanos;
  private Ticker.Alarm next = () -> {};
  private boolean asking;
  private boolean stopped;
  private boolean steadyHeads;
  private long comparedHead = -1;
  private boolean astray;
  private int waits;

  /**
   * @param transport asks the provider before it is known which chain it serves
   * @param configuredChain the chain that the configuration says; empty to believe the provider
   * @param recruit makes the provider of a chain id
   * @param newHead told when this provider shows a head that is newer than all before
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
      Consumer<HeadWatch> newHead) {
    this.providerId = providerId;
    this.transport = transport;
    this.configuredChain = configuredChain;
    this.recruit = recruit;
    this.networks = networks;
    this.fleets = fleets;
    this.branches = branches;
    this.ticker = ticker;
    this.newHead = newHead;
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

  /** Another provider shows a newer head: look soon. */
  public void nudge() {
    if (provider != null && !asking && !stopped && provider.quietNanos() == 0) {
      next.cancel();
      next = ticker.alarm(NUDGE_NANOS, this::poll);
    }
  }

  public String providerId() {
    return providerId;
  }

  /** The chain whose fleet the provider is in; empty before it is in one. */
  public OptionalLong chainId() {
    return chainId < 0 ? OptionalLong.empty() : OptionalLong.of(chainId);
  }

  private Provider join(long chain) {
    Network network = networks.byId(chain);
    chainId = chain;
    steadyHeads = !network.quirks().contains(UNSTEADY_HEADS);
    pollNanos =
        Math.clamp(
            TimeUnit.MILLISECONDS.toNanos(network.blockTimeMillis()) / 2,
            POLL_NANOS_MIN,
            POLL_NANOS_MAX);
    Provider joined = recruit.apply(chain);
    provider = joined;
    if (!fleets.join(network, joined)) {
      LOG.error("provider {} is not used: the network has too many providers", providerId);
      stop();
    }
    return joined;
  }

  private void identify() {
    ask(
        "eth_chainId",
        RawJson.ABSENT,
        result -> {
          long told = result.map(HeadWatch::quantity).orElse(-1L);
          if (told <= 0) {
            later(backedOff(), this::identify);
            return;
          }
          identified(told);
          later(0, this::poll);
        });
  }

  private void identified(long told) {
    identifiedNanos = ticker.nanos();
    Provider known = provider != null ? provider : join(told);
    known.identified(told);
    if (told != chainId) {
      LOG.atError()
          .log(
              "provider {} serves chain {} (expected: {}); it gets no calls until it does",
              providerId,
              told,
              chainId);
    }
  }

  private void poll() {
    if (ticker.nanos() - identifiedNanos >= IDENTITY_NANOS) {
      identify();
      return;
    }
    ask(
        "eth_blockNumber",
        RawJson.ABSENT,
        result -> {
          long head = result.map(HeadWatch::quantity).orElse(-1L);
          if (result.isEmpty()) {
            later(backedOff(), this::poll);
          } else if (head < 0 || provider == null) {
            later(pollNanos, this::poll);
          } else if (isToBeCompared(head)) {
            compare(provider, head, head);
          } else {
            learn(provider, head);
            later(pollNanos, this::poll);
          }
        });
  }

  private boolean isToBeCompared(long head) {
    return (head != comparedHead || astray)
        && steadyHeads
        && fleets.of(chainId).stream()
            .anyMatch(fleet -> fleet.providers().size() >= PROVIDERS_TO_COMPARE);
  }

  /**
   * Sees whether the provider is on the branch of the others, and only then believes its head. One
   * that comes from behind, or has strayed, may show blocks that the others have not named: it is
   * compared at the agreed head besides, and waits a little for them.
   */
  private void compare(Provider provider, long head, long number) {
    ask(
        "eth_getBlockByNumber",
        RawJson.of("[\"0x" + Long.toHexString(number) + "\",false]"),
        result -> {
          Branches.Course course =
              result
                  .flatMap(Link::read)
                  .map(link -> branches.compare(chainId, providerId, link))
                  .orElse(Branches.Course.UNKNOWN);
          take(provider, course);
          if (course == Branches.Course.UNKNOWN && isNewcomer(provider)) {
            compareAgain(provider, head, number);
          } else {
            compared(provider, head);
          }
        });
  }

  private boolean isNewcomer(Provider provider) {
    return astray || provider.head() < agreedHead();
  }

  private void compareAgain(Provider provider, long head, long number) {
    long agreed = agreedHead();
    if (agreed >= 0 && agreed < number - 1) {
      compare(provider, head, agreed);
    } else if (waits < WAITS_MAX) {
      waits++;
      later(pollNanos / 4, this::poll);
    } else {
      compared(provider, head);
    }
  }

  private void compared(Provider provider, long head) {
    waits = 0;
    comparedHead = head;
    learn(provider, head);
    later(pollNanos, this::poll);
  }

  private long agreedHead() {
    return fleets.of(chainId).map(Fleet::agreedHead).orElse(-1L);
  }

  private void take(Provider provider, Branches.Course course) {
    switch (course) {
      case ASTRAY -> {
        astray = true;
        provider.strayed();
      }
      case SHARED -> {
        astray = false;
        provider.returned();
      }
      case UNKNOWN -> {}
    }
  }

  private void learn(Provider provider, long head) {
    long before = highest();
    provider.learnHead(head);
    if (head > before) {
      newHead.accept(this);
    }
  }

  private long highest() {
    return fleets.of(chainId).stream()
        .flatMap(fleet -> fleet.providers().stream())
        .mapToLong(Provider::head)
        .max()
        .orElse(-1);
  }

  /** Asks the provider; nothing comes back when it has no answer. */
  private void ask(String method, RawJson params, Consumer<Optional<RawJson>> then) {
    if (stopped) {
      return;
    }
    asking = true;
    Consumer<Outcome> inbox =
        outcome -> {
          asking = false;
          Optional<RawJson> result = resultOf(outcome);
          if (result.isPresent()) {
            retryNanos = RETRY_NANOS_MIN;
          }
          then.accept(result);
        };
    if (provider == null) {
      transport.send(method, params, PROBE_NANOS, inbox);
    } else {
      provider.probe(method, params, PROBE_NANOS, inbox);
    }
  }

  private static Optional<RawJson> resultOf(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer
        ? Optional.of(answer.result())
        : Optional.empty();
  }

  private static long quantity(RawJson result) {
    return Hex.quantity(result.bytes(), result.from() + 1, result.to() - 1);
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

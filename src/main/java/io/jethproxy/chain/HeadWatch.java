package io.jethproxy.chain;

import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Transport;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one provider: first which chain it serves ({@link ChainProof}), then its head ({@link
 * HeadPoll}), and now and then the chain again, and whether it is syncing. Lives on the loop that
 * started it.
 */
public final class HeadWatch {

  private static final Logger LOG = LoggerFactory.getLogger(HeadWatch.class);

  /**
   * What all watches share.
   *
   * @param followers who keeps the chain log of a network
   * @param expenses counts what is asked
   * @param tellers whether somebody else tells of the new blocks of a chain
   * @param strangers told why a provider does not tell its chain
   */
  public record Surroundings(
      Networks networks,
      Fleets fleets,
      Branches branches,
      Ticker ticker,
      Function<Network, Sightings> followers,
      Expenses expenses,
      LongPredicate tellers,
      Unidentified.Listener strangers) {}

  private final String providerId;
  private final OptionalLong configuredChain;
  private final LongFunction<Provider> recruit;
  private final Surroundings around;
  private final ObjLongConsumer<HeadWatch> newHead;
  private final Inquiry inquiry;
  private final ChainProof proof;
  private @Nullable HeadPoll heads;
  private volatile Optional<Unidentified> unidentified;

  /**
   * @param transport asks the provider before it is known which chain it serves
   * @param configuredChain the chain that the configuration says; empty to believe the provider
   * @param recruit makes the provider of a chain id
   * @param newHead told when this provider shows a head that is newer than the agreed one, and
   *     which
   */
  public HeadWatch(
      String providerId,
      Transport transport,
      OptionalLong configuredChain,
      LongFunction<Provider> recruit,
      Surroundings around,
      ObjLongConsumer<HeadWatch> newHead) {
    this.providerId = providerId;
    this.configuredChain = configuredChain;
    this.recruit = recruit;
    this.around = around;
    this.newHead = newHead;
    inquiry = new Inquiry(providerId, transport, around.ticker(), around.expenses());
    proof = new ChainProof(providerId, inquiry, configuredChain, around.ticker(), new Steps());
    inquiry.onDefect(this::afresh);
    unidentified =
        Optional.of(new Unidentified(providerId, Optional.empty(), around.ticker().nanos()));
  }

  /** Begins; a provider of a configured chain joins its fleet now, others when they have told. */
  public void start() {
    inquiry.guarded(() -> {
      configuredChain.ifPresent(proof::join);
      proof.identify();
    });
  }

  private void afresh() {
    proof.identify();
    untold(Trouble.INTERNAL);
  }

  public void stop() {
    inquiry.stop();
    chainId().ifPresent(chain -> around.branches().leave(chain, providerId));
  }

  /** There may be a newer head: look soon, unless this one does not answer anyway. */
  public void nudge() {
    if (heads != null) {
      heads.nudge();
    }
  }

  /** Another provider shows this head: look soon, unless this one has shown it by then. */
  public void nudge(long head) {
    if (heads != null) {
      heads.nudge(head);
    }
  }

  /** A socket tells of a new block, which this provider may have. */
  public void hint(Hash block) {
    if (heads != null) {
      heads.hint(block);
    }
  }

  /** An answer was of another branch than the known one: look soon at the head's very block. */
  public void suspect() {
    if (heads != null) {
      heads.suspect();
    }
  }

  /** Somebody asks about the network after a while: look now. */
  public void wake() {
    if (heads != null) {
      heads.wake();
    }
  }

  public String providerId() {
    return providerId;
  }

  /** The chain whose fleet the provider is in; empty before it is in one. */
  public OptionalLong chainId() {
    return proof.chainId();
  }

  /** What keeps it from being used while it has not told its chain; on any thread. */
  public Optional<Unidentified> unidentified() {
    return unidentified;
  }

  private void untold(Trouble trouble) {
    Optional<Trouble> cause = Optional.of(trouble);
    Optional<Unidentified> before = unidentified;
    if (before.isPresent() && !before.get().cause().equals(cause)) {
      unidentified = Optional.of(new Unidentified(providerId, cause, around.ticker().nanos()));
      String network =
          configuredChain.isPresent()
              ? around.networks().byId(configuredChain.getAsLong()).name()
              : "";
      around.strangers().unidentified(network, providerId, trouble);
    }
  }

  private Provider join(long chainId) {
    Network network = around.networks().byId(chainId);
    Optional<Provider> before = member(chainId);
    Provider joined = before.orElseGet(() -> recruit.apply(chainId));
    Sightings sightings = Sightings.IGNORED;
    if (before.isEmpty() && !around.fleets().join(network, joined)) {
      LOG.atError()
          .addKeyValue("provider", providerId)
          .log("it is not used: the network has too many providers");
      stop();
    } else if (!joined.identity().privateSends()) {
      sightings = around.followers().apply(network);
    }
    follow(joined, network, sightings);
    return joined;
  }

  /** It may be in its fleet since before a defect ended what comes after that. */
  private Optional<Provider> member(long chainId) {
    return around.fleets().of(chainId).flatMap(fleet -> fleet.provider(providerId));
  }

  private void follow(Provider joined, Network network, Sightings sightings) {
    Pace pace = new Pace(network);
    HeadNews news =
        new HeadNews(
            joined,
            network.chainId(),
            around.fleets(),
            pace,
            around.ticker(),
            head -> newHead.accept(this, head));
    inquiry.joined(
        joined,
        () -> {
          around.branches().forget(network.chainId(), providerId);
          sightings.lost(joined);
        });
    heads =
        new HeadPoll(
            joined,
            network,
            inquiry,
            proof,
            news,
            pace,
            sightings,
            around.branches(),
            () -> around.tellers().test(network.chainId()));
  }

  /** What follows from the proof of the chain. */
  private final class Steps implements ChainProof.Steps {
    @Override
    public Provider join(long chainId) {
      return HeadWatch.this.join(chainId);
    }

    @Override
    public void proven() {
      unidentified = Optional.empty();
      if (heads != null) {
        heads.proven();
      }
    }

    @Override
    public void unproven() {
      if (heads != null) {
        heads.unproven();
      }
    }

    @Override
    public void untold(Trouble trouble) {
      HeadWatch.this.untold(trouble);
    }

    @Override
    public void fenced() {
      unidentified = Optional.empty();
      inquiry.lost();
    }
  }
}

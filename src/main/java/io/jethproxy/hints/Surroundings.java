package io.jethproxy.hints;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/**
 * What all sockets of a gateway share.
 *
 * @param isIdle whether nobody asks about a chain now
 * @param news who hears what sockets tell
 */
public record Surroundings(
    Networks networks,
    Fleets fleets,
    Chains chains,
    Ticker ticker,
    RandomGenerator random,
    LongPredicate isIdle,
    News news) {

  /** Who hears what sockets tell; from any loop. */
  public interface News {
    /**
     * A socket tells of a block that it did not tell of before: a reason to look.
     *
     * @param providerId whose socket it is; empty when that is not known
     */
    void told(long chainId, Optional<String> providerId, Hash block);

    /** A socket begins to tell of a chain: what is there already must be looked at without it. */
    void begins(long chainId);

    /** A socket does not keep up with a chain any more, or is gone. */
    void ceases(long chainId);

    /** Whether anybody wants the chain's waiting transactions now. */
    boolean isPendingWanted(long chainId);

    /** A transaction of the chain waits for a block. */
    void pending(long chainId, Hash transaction);
  }

  /** Whether the chain has a provider that is asked over HTTP. */
  boolean isServed(long chainId) {
    return fleets.of(chainId).isPresent();
  }

  /** The chain that a provider is known to serve. */
  OptionalLong chainOf(String providerId) {
    return fleets.all().stream()
        .filter(fleet -> fleet.provider(providerId).isPresent())
        .map(Fleet::network)
        .mapToLong(network -> network.chainId())
        .findFirst();
  }
}

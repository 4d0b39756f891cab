package io.jethproxy.server;

import io.jethproxy.cache.Cache;
import io.jethproxy.cache.Coalesce;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.Unidentified;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HashForms;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.hints.Sockets;
import io.jethproxy.observe.ChainCounts;
import io.jethproxy.prepare.Remember;
import io.jethproxy.subscribe.Subscriptions;
import io.jethproxy.survey.Survey;
import io.jethproxy.verify.Verify;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parts of the running gateway that operators may look into; nothing is changed through it.
 *
 * @param counts how each chain moved, by chain id
 * @param following what following the chains asks of the providers
 * @param listening what telling those who listen asks of them
 * @param surveying what surveys ask of them
 * @param holdings how far back each provider reaches
 * @param offers who offers which families of methods
 * @param unidentified providers that have not told their chain yet
 * @param surveys what is being found out, by the provider's id; none when that is off
 * @param forms who takes a block by its hash
 * @param ranges how many blocks each provider takes in one question for logs
 * @param sockets that tell of new blocks
 * @param cache empty when it is off
 * @param coalesce empty when nothing is shared
 * @param subscriptions what clients listen to
 * @param receipts when the receipts of new blocks are fetched, such as {@code demand}
 */
public record Insight(
    Fleets fleets,
    Chains chains,
    Map<Long, ChainCounts> counts,
    Expenses following,
    Expenses listening,
    Expenses surveying,
    Verify verify,
    Holdings holdings,
    Offers offers,
    Supplier<List<Unidentified>> unidentified,
    Map<String, Survey> surveys,
    HashForms forms,
    RangeLimits ranges,
    Sockets sockets,
    Remember remember,
    Optional<Cache> cache,
    Optional<Coalesce> coalesce,
    Subscriptions subscriptions,
    String receipts) {

  /** How a network's chain moved. */
  public ChainCounts.Counts countsOf(long chainId) {
    ChainCounts known = counts.get(chainId);
    return known == null ? ChainCounts.Counts.NONE : known.read();
  }
}

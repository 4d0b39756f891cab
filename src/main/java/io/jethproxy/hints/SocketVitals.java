package io.jethproxy.hints;

import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.SocketTrouble;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of one socket now.
 *
 * @param id its name
 * @param providerId the provider that it belongs to; empty when that is not known
 * @param chainId what it told; empty before it did
 * @param cause why it last ended or could not be opened; empty when it never did
 * @param sinceNanos when it got into this state
 * @param isTelling whether it has told of the newest block of the chain
 * @param hearsPending whether it tells of waiting transactions
 * @param opened how often it was opened
 * @param notices new blocks that it told of
 * @param transactions waiting transactions that it told of
 * @param ignored messages that were of no use
 * @param noticeNanos when it last told of a new block; empty when it never did
 */
public record SocketVitals(
    String id,
    Optional<String> providerId,
    OptionalLong chainId,
    SocketState state,
    Optional<SocketTrouble> cause,
    long sinceNanos,
    boolean isTelling,
    boolean hearsPending,
    long opened,
    long notices,
    long transactions,
    long ignored,
    OptionalLong noticeNanos) {

  /** How often it was opened anew. */
  public long reconnects() {
    return Math.max(0, opened - 1);
  }

  /** The name of its network; {@code unknown} before it told. */
  public String networkName(Networks networks) {
    return chainId.isEmpty() ? "unknown" : networks.byId(chainId.getAsLong()).name();
  }
}

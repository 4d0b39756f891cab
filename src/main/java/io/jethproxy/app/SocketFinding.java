package io.jethproxy.app;

import io.jethproxy.config.SocketConfig;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.SocketTrouble;
import io.jethproxy.hints.SocketTrial;
import java.util.Optional;

/**
 * What the probe of one socket came to.
 *
 * @param id the socket's name
 * @param providerId the provider that it belongs to
 * @param network what it told; empty when it did not
 * @param word {@code ok}, or what is wrong with it
 */
record SocketFinding(
    String id, Optional<String> providerId, Optional<Network> network, String word) {

  private static final String OK = "ok";

  /**
   * The finding.
   *
   * @param expected the network that the configuration says, if it does
   * @param told the network that the socket told
   */
  static SocketFinding of(
      SocketConfig configured,
      SocketTrial.Result result,
      Optional<Network> expected,
      Optional<Network> told) {
    boolean isOther = expected.isPresent() && told.isPresent() && !expected.equals(told);
    Optional<SocketTrouble> trouble =
        isOther ? Optional.of(SocketTrouble.WRONG_CHAIN) : result.trouble();
    return new SocketFinding(
        configured.id(),
        configured.providerId(),
        told,
        trouble.map(SocketTrouble::label).orElse(OK));
  }

  /** A line for people, of a socket that stands in no provider's row. */
  String line() {
    return "socket " + id + ": " + network.map(SurveyTable::shown).orElse("-") + ": " + word;
  }
}

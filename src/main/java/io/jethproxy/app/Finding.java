package io.jethproxy.app;

import io.jethproxy.eth.Network;
import java.util.Optional;

/** What the probe of one provider came to. */
sealed interface Finding {

  /** The name of the provider in the configuration. */
  String providerId();

  /** The network that the configuration says, if it does. */
  Optional<Network> configured();

  /**
   * It does not answer, or not as a provider should.
   *
   * @param reason a short stable word, such as {@code unreachable}
   */
  record Out(String providerId, Optional<Network> configured, String reason) implements Finding {}

  /** It answers for another chain than the configuration says. */
  record WrongChain(String providerId, Optional<Network> configured, long chainId)
      implements Finding {}

  /**
   * It would serve.
   *
   * @param network what it told
   * @param head its latest block
   * @param latencyMicros the median of a few calls
   * @param can what else was found out
   */
  record Serves(
      String providerId,
      Optional<Network> configured,
      Network network,
      long head,
      long latencyMicros,
      Abilities can)
      implements Finding {}

  /**
   * What a provider can do, each as a word for the table.
   *
   * @param client its name and version, printable
   * @param depth how far back it holds the state
   * @param logs the widest range of blocks that it accepts
   * @param batch whether it takes batches
   * @param receipts whether it gives all receipts of a block at once
   * @param finality how far its safe and finalized blocks are behind its head
   * @param verified what of a new block was recomputed, and what does not match
   */
  record Abilities(
      String client,
      String depth,
      String logs,
      String batch,
      String receipts,
      String finality,
      String verified) {}
}

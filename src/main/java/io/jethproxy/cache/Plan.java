package io.jethproxy.cache;

import io.jethproxy.eth.Hash;
import java.util.Optional;

/** What the answer to a question will depend on, as far as the question tells. */
sealed interface Plan {

  /** Not on the chain. */
  record Timeless() implements Plan {}

  /** On what the newest block is. */
  record AtTip(Hash tip) implements Plan {}

  /** On the state after the newest block. */
  record AtNewest(long number, Hash hash) implements Plan {}

  /** On one of the newest blocks, and what came before it. */
  record AtBlock(long number, Hash hash) implements Plan {}

  /** On a finalized block that is older than those whose hashes are kept. */
  record Settled(long number) implements Plan {}

  /**
   * On the block that the answer names.
   *
   * @param asked the block that it must be; empty when the question does not tell
   * @param mayBeUnnamed whether the hash in the question says enough
   */
  record Named(Optional<Hash> asked, boolean mayBeUnnamed) implements Plan {}

  /** On something that cannot be told, or that does not last. */
  record Unstorable(NotCached why) implements Plan {}
}

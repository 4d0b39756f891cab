package io.jethproxy.transport;

import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.Reply;
import java.util.Optional;
import java.util.OptionalLong;

/** What a provider's answer means. */
public sealed interface Verdict {

  /**
   * An answer for the client, unchanged: a result, or what every honest node would say.
   *
   * @param reply exactly what the provider said
   */
  record Serve(Reply reply) implements Verdict {}

  /**
   * The transaction is in the provider's pool already: a success for a broadcast.
   *
   * @param fault how the provider said so
   */
  record AlreadyKnown(Fault fault) implements Verdict {}

  /**
   * The nonce was used: by this very transaction perhaps, which a look-up of its hash tells.
   *
   * @param fault how the provider said so
   */
  record NonceTooLow(Fault fault) implements Verdict {}

  /**
   * This provider could not; another may.
   *
   * @param trouble why
   * @param fault what the provider said, where it could be read; never for logs
   * @param retryAfterMillis the wait it asked for, 1..300,000; -1 when it did not say
   * @param perMethod whether only this method is meant
   * @param hintedRangeBlocks how many blocks it would accept in one range, counted inclusively,
   *     where it said so; a hint, not a promise
   * @param rule the name of the row that decided, for explanations; empty when none was needed
   */
  record Elsewhere(
      Trouble trouble,
      Optional<Fault> fault,
      long retryAfterMillis,
      boolean perMethod,
      OptionalLong hintedRangeBlocks,
      String rule)
      implements Verdict {

    /** Seen from the answer itself, without a text to read. */
    Elsewhere(Trouble trouble) {
      this(trouble, Optional.empty(), -1, false, OptionalLong.empty(), "");
    }
  }
}

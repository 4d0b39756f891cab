package io.jethproxy.call;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import java.util.OptionalLong;

/** How a call, or one attempt at one provider, ended. */
public sealed interface Outcome {

  /**
   * An answer to give to the client.
   *
   * @param result the result exactly as it came
   * @param by the provider's id, or the stage that knew it
   * @param firm whether it may be kept for other calls; false when it cannot be told for certain
   *     which block it is of
   */
  record Answer(RawJson result, String by, boolean firm) implements Outcome {}

  /**
   * What every honest node would say to this request: a revert, bad params, a nonce too low.
   *
   * @param fault code, message and data exactly as the provider gave them
   * @param by the provider's id, or the stage that knew it
   * @param sense what the verdict means for a transaction that is being published
   */
  record Rejected(Fault fault, String by, Sense sense) implements Outcome {

    public Rejected(Fault fault, String by) {
      this(fault, by, Sense.PLAIN);
    }

    /** What a rejection says about a published transaction. */
    public enum Sense {
      PLAIN,
      /** The provider has this very transaction already, which is a success. */
      ALREADY_KNOWN,
      /** Either this transaction is mined already, or another took its nonce. */
      NONCE_TOO_LOW
    }
  }

  /**
   * This provider could not; another may.
   *
   * @param trouble why
   * @param by the provider's id
   * @param retryAfterMillis the wait that the provider asked for; negative when it did not say
   * @param perMethod whether a pause concerns this method only
   * @param rangeBlocks how many blocks it would accept in one range, where it said so; a hint
   * @param said its words, where it said any; a client hears them only when every honest node would
   *     say so, as {@link Rejected}
   */
  record Unserved(
      Trouble trouble,
      String by,
      long retryAfterMillis,
      boolean perMethod,
      OptionalLong rangeBlocks,
      Optional<Fault> said)
      implements Outcome {

    public Unserved(Trouble trouble, String by) {
      this(trouble, by, -1, false);
    }

    public Unserved(Trouble trouble, String by, long retryAfterMillis, boolean perMethod) {
      this(trouble, by, retryAfterMillis, perMethod, OptionalLong.empty(), Optional.empty());
    }
  }

  /** The gateway itself declines or gives up. */
  record Refused(Refusal refusal) implements Outcome {}
}

package io.jethproxy.eth;

/**
 * What is known of one JSON-RPC method.
 *
 * @param name as on the wire
 * @param effect what a call does
 * @param exposure who may call it
 * @param caching how long an answer stays true
 * @param block where the params name a block
 * @param need what a provider must have kept to answer
 * @param pace how long an answer usually takes
 * @param hedgeable whether two providers may be asked at once
 * @param emptyIsSuspicious whether null or empty may only mean that the provider is behind
 */
public record MethodSpec(
    String name,
    Effect effect,
    Exposure exposure,
    Caching caching,
    BlockParam block,
    Need need,
    Pace pace,
    boolean hedgeable,
    boolean emptyIsSuspicious) {

  /** What a call does. */
  public enum Effect {
    READ,
    /** Publishes a signed transaction. */
    BROADCAST,
    /** Sends something that must never reach a public provider. */
    PRIVATE_SEND,
    /** Creates, uses or removes a filter kept by one provider. */
    FILTER,
    /** Subscriptions, over WebSocket only. */
    SUBSCRIPTION,
    /** Changes or reads the node itself, or uses its keys. */
    NODE
  }

  /** Who may call a method. */
  public enum Exposure {
    OPEN,
    /** Answered by the gateway, never forwarded. */
    LOCAL,
    /** {@code debug_}, {@code trace_}, {@code txpool_}: open when a switch says so. */
    TRACE,
    /** Only with providers that are configured for it. */
    PRIVATE,
    DENIED
  }

  /** How long an answer stays true. */
  public enum Caching {
    NEVER,
    STATIC,
    UNTIL_NEXT_BLOCK,
    FINALIZED,
    BY_HASH
  }

  /** What a provider must have kept when the block is old. */
  public enum Need {
    NOTHING,
    STATE,
    HISTORY,
    STATE_AND_HISTORY
  }

  /** The class of methods whose latencies are comparable. */
  public enum Pace {
    /** Single look-ups. */
    FAST,
    /** Executions and whole blocks. */
    MEDIUM,
    /** Logs, traces, proofs: the long deadline applies. */
    SLOW
  }

  /**
   * Where the params name a block.
   *
   * @param kind what stands there
   * @param index the position in the params; -1 when there is none
   */
  public record BlockParam(Kind kind, int index) {

    public static final BlockParam NONE = new BlockParam(Kind.NONE, -1);

    /** What stands at the index. */
    public enum Kind {
      NONE,
      /** A number, a tag, a hash or an EIP-1898 object. */
      BLOCK,
      /** A 32-byte block hash. */
      HASH,
      /** An object with {@code fromBlock} and {@code toBlock}, or {@code blockHash}. */
      RANGE,
      /** A transaction hash: the block is known from the answer only. */
      TRANSACTION
    }
  }
}

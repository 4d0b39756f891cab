package io.jethproxy.call;

/**
 * Why a provider could not serve a call, with what follows from it: policy is this table.
 *
 * <p>None of these is ever the fault of the caller; what is, comes back as {@link
 * Outcome.Rejected}.
 */
public enum Trouble {
  /** Nobody listens there, no route, or the connection was refused. */
  UNREACHABLE("unreachable", Against.PROVIDER_AT_ONCE, Pause.NONE),
  DNS("dns", Against.PROVIDER_AT_ONCE, Pause.NONE),
  TLS("tls", Against.PROVIDER_AT_ONCE, Pause.NONE),
  CONNECT_TIMEOUT("connect_timeout", Against.PROVIDER, Pause.NONE),
  /** The connection broke before the answer was complete. */
  BROKEN("connection_broken", Against.PROVIDER, Pause.NONE),
  /** No complete answer within the attempt's deadline. */
  TIMEOUT("timeout", Against.PROVIDER, Pause.NONE),
  /** An HTTP status that is no success, with a body that is not JSON-RPC. */
  BAD_STATUS("bad_status", Against.PROVIDER, Pause.NONE),
  /** HTML, empty, truncated, both or neither of result and error, text that pretends. */
  MALFORMED("malformed", Against.PROVIDER, Pause.NONE),
  WRONG_ID("wrong_id", Against.PROVIDER, Pause.NONE),
  /** A well-formed answer that breaks a rule that we can check. */
  WRONG_ANSWER("wrong_answer", Against.PROVIDER, Pause.NONE),
  /** The provider's own internal error. */
  INTERNAL("internal_error", Against.PROVIDER, Pause.NONE),
  OVERLOADED("overloaded", Against.PROVIDER, Pause.SHORT),
  THROTTLED("throttled", Against.NOBODY, Pause.SHORT),
  QUOTA_EXHAUSTED("quota_exhausted", Against.NOBODY, Pause.LONG),
  BILLING("billing", Against.NOBODY, Pause.LONG),
  AUTH("auth", Against.NOBODY, Pause.LONG),
  WRONG_CHAIN("wrong_chain", Against.NOBODY, Pause.UNTIL_PROVEN),
  /** The provider does not offer this method, or not on its plan. */
  METHOD_CLOSED("method_closed", Against.METHOD, Pause.NONE),
  /** The provider's own time limit for one execution, said in an answer. */
  EXECUTION_TIMEOUT("execution_timeout", Against.METHOD, Pause.NONE),
  RANGE_TOO_LARGE("range_too_large", Against.NOBODY, Pause.NONE),
  RESPONSE_TOO_LARGE("response_too_large", Against.NOBODY, Pause.NONE),
  /** Our valid request was refused for its size or as a batch. */
  REQUEST_TOO_LARGE("request_too_large", Against.NOBODY, Pause.NONE),
  /** The provider does not have the block or transaction (yet). */
  MISSING_DATA("missing_data", Against.NOBODY, Pause.NONE),
  /** The provider has thrown the old state or history away. */
  PRUNED("pruned", Against.NOBODY, Pause.NONE),
  /** The provider says that it is still syncing. */
  SYNCING("syncing", Against.NOBODY, Pause.SHORT),
  /** A refusal by this provider's own policy; another may accept. */
  POLICY("policy", Against.NOBODY, Pause.NONE),
  /** The provider does not take a block by its hash; it is asked again by number. */
  HASH_REFUSED("hash_refused", Against.NOBODY, Pause.NONE),
  /** The provider is at its limit of concurrent calls; nothing was sent. */
  BUSY("busy", Against.NOBODY, Pause.NONE);

  /** Whose record a trouble goes on. */
  public enum Against {
    NOBODY,
    /** Only this method at this provider. */
    METHOD,
    PROVIDER,
    /** So clear that one is enough. */
    PROVIDER_AT_ONCE
  }

  /** How long the provider (or the method there) is not asked at all. */
  public enum Pause {
    NONE,
    /** Seconds: what the provider asked for, or a growing default. */
    SHORT,
    /** Minutes to hours, with an alarm to the operator. */
    LONG,
    UNTIL_PROVEN
  }

  private final String label;
  private final Against against;
  private final Pause pause;

  Trouble(String label, Against against, Pause pause) {
    this.label = label;
    this.against = against;
    this.pause = pause;
  }

  /** The name in {@code data.attempts}, metrics and logs; stable. */
  public String label() {
    return label;
  }

  public Against against() {
    return against;
  }

  public Pause pause() {
    return pause;
  }

  /** Whether nothing was executed and nothing billed, so that trying elsewhere costs no budget. */
  public boolean isFree() {
    return switch (this) {
      case UNREACHABLE, DNS, TLS, CONNECT_TIMEOUT, BUSY -> true;
      default -> false;
    };
  }

  /** Whether the request may have been executed all the same, which matters for writes. */
  public boolean leavesDoubt() {
    return switch (this) {
      case TIMEOUT, BROKEN, BAD_STATUS, MALFORMED, WRONG_ID, INTERNAL, EXECUTION_TIMEOUT -> true;
      default -> false;
    };
  }
}

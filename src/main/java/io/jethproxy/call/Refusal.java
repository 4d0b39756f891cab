package io.jethproxy.call;

import java.util.List;

/**
 * The gateway's own error: its kind decides code and HTTP status.
 *
 * @param kind which error of the contract
 * @param message for people: what came and what was wanted, never a provider's name or text
 * @param reason a short stable word for programs, {@code error.data.reason}
 * @param retryAfterMillis when another try makes sense; negative when unknown
 * @param attempts what was tried, in order; empty when nothing was
 */
public record Refusal(
    Kind kind, String message, String reason, long retryAfterMillis, List<Attempt> attempts) {

  /**
   * The reason of a refusal for a chain that changed while it was asked about; whoever says so has
   * asked again already.
   */
  public static final String REORGANISED = "reorganised";

  public Refusal {
    attempts = List.copyOf(attempts);
  }

  public Refusal(Kind kind, String message, String reason) {
    this(kind, message, reason, -1, List.of());
  }

  /**
   * One attempt as the client may see it.
   *
   * @param provider the provider's id
   * @param reason a {@link Trouble#label()}, or why it was not asked
   */
  public record Attempt(String provider, String reason) {}

  /** The errors of the contract. */
  public enum Kind {
    PARSE_ERROR(-32700, 400, false),
    INVALID_REQUEST(-32600, 400, false),
    TOO_BIG(-32600, 413, false),
    METHOD_NOT_FOUND(-32601, 200, false),
    INVALID_PARAMS(-32602, 200, false),
    UNKNOWN_PATH(-32600, 404, false),
    UNAUTHORISED(-32016, 401, false),
    LIMIT_EXCEEDED(-32005, 429, true),
    OVERLOADED(-32005, 503, true),
    NO_PROVIDER(-32002, 503, true),
    TIMEOUT(-32015, 504, true),
    BAD_PROVIDER_ANSWER(-32013, 502, true),
    MISSING_DATA(-32014, 200, true),
    RANGE_TOO_LARGE(-32012, 200, false),
    INTERNAL(-32603, 500, true);

    private final int code;
    private final int httpStatus;
    private final boolean retryable;

    Kind(int code, int httpStatus, boolean retryable) {
      this.code = code;
      this.httpStatus = httpStatus;
      this.retryable = retryable;
    }

    public int code() {
      return code;
    }

    /** The HTTP status of a single call; a batch answers 200 and has the error in its item. */
    public int httpStatus() {
      return httpStatus;
    }

    public boolean retryable() {
      return retryable;
    }
  }
}

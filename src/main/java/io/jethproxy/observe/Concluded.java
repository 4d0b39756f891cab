package io.jethproxy.observe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;

/**
 * A call that has ended, as observers see it.
 *
 * @param requestId the gateway's own id of the client's request; empty when it has none
 * @param outcome what the client got
 * @param endNanos when, in the time of the {@link io.jethproxy.call.Ticker}
 */
public record Concluded(String requestId, Call call, Outcome outcome, long endNanos) {

  /** Longer names of methods are cut wherever they are kept or shown. */
  static final int METHOD_CHARS_MAX = 64;

  /** No observer keeps or shows more attempts than these. */
  static final int ATTEMPTS_MAX = 16;

  public long durationNanos() {
    return Math.max(0, endNanos - call.journal().startNanos());
  }

  /** The method's name as the client wrote it, cut; it may hold any character. */
  String method() {
    String method = call.request().method();
    return method.length() <= METHOD_CHARS_MAX ? method : method.substring(0, METHOD_CHARS_MAX);
  }

  /** The JSON-RPC error code; 0 for a result. */
  int code() {
    return switch (outcome) {
      case Outcome.Answer _ -> 0;
      case Outcome.Rejected rejected -> rejected.fault().code();
      case Outcome.Unserved _ -> io.jethproxy.call.Refusal.Kind.NO_PROVIDER.code();
      case Outcome.Refused refused -> refused.refusal().kind().code();
    };
  }

  /** The provider or stage that the outcome came from; empty when the gateway declined. */
  String by() {
    return switch (outcome) {
      case Outcome.Answer answer -> answer.by();
      case Outcome.Rejected rejected -> rejected.by();
      case Outcome.Unserved unserved -> unserved.by();
      case Outcome.Refused _ -> "";
    };
  }
}

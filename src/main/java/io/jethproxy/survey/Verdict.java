package io.jethproxy.survey;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;

/** What an answer to a question of a survey means. */
enum Verdict {
  /** It has it. */
  THERE,
  /** It offers the method, and does not have this. */
  GONE,
  /** It does not offer the method. */
  NOT_OFFERED,
  /** It answered, but that tells nothing. */
  UNCLEAR,
  /** It is not well, or wants to be left alone. */
  TROUBLE;

  static Verdict of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer answer -> answer.result().isNull() ? GONE : THERE;
      case Outcome.Rejected _, Outcome.Refused _ -> UNCLEAR;
      case Outcome.Unserved unserved -> of(unserved.trouble());
    };
  }

  private static Verdict of(Trouble trouble) {
    return switch (trouble) {
      case PRUNED, MISSING_DATA -> GONE;
      case METHOD_CLOSED -> NOT_OFFERED;
      case POLICY,
          RANGE_TOO_LARGE,
          RESPONSE_TOO_LARGE,
          REQUEST_TOO_LARGE,
          EXECUTION_TIMEOUT,
          HASH_REFUSED,
          WRONG_ANSWER ->
          UNCLEAR;
      case UNREACHABLE,
          DNS,
          TLS,
          CONNECT_TIMEOUT,
          BROKEN,
          TIMEOUT,
          BAD_STATUS,
          MALFORMED,
          WRONG_ID,
          INTERNAL,
          OVERLOADED,
          THROTTLED,
          QUOTA_EXHAUSTED,
          BILLING,
          AUTH,
          WRONG_CHAIN,
          SYNCING,
          BUSY ->
          TROUBLE;
    };
  }
}

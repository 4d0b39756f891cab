package io.jethproxy.dispatch;

import io.jethproxy.call.Refusal;
import io.jethproxy.fleet.Reason;

/**
 * A provider that was not asked.
 *
 * @param label why, as the client reads it
 */
record Skipped(String provider, Sort sort, String label) {

  /** What follows from it for the error in the end. */
  enum Sort {
    /** It was never meant for the call. */
    NOT_MEANT,
    /** It does not have the method. */
    CLOSED,
    /** It does not have the block, yet or any more. */
    BEHIND,
    /** It could have been asked. */
    WELL,
    /** It is in trouble. */
    OUT
  }

  static Skipped of(String provider, Objection objection) {
    Sort sort =
        switch (objection) {
          case NOT_OFFERED -> Sort.CLOSED;
          case BEHIND, PRUNED -> Sort.BEHIND;
          case NOT_PRIVATE, PRIVATE_ONLY, NO_BROADCAST, RANGE_TOO_LARGE -> Sort.NOT_MEANT;
        };
    return new Skipped(provider, sort, objection.label());
  }

  static Skipped of(String provider, Reason reason) {
    Sort sort =
        switch (reason) {
          case HEALTHY, RECOVERING -> Sort.WELL;
          case METHOD_CLOSED -> Sort.CLOSED;
          case BEHIND -> Sort.BEHIND;
          case EJECTED, THROTTLED, QUOTA_EXHAUSTED, BILLING, AUTH, SYNCING -> Sort.OUT;
          case WRONG_CHAIN, FORKED, UNIDENTIFIED, BUSY, METHOD_TROUBLE -> Sort.OUT;
        };
    return new Skipped(provider, sort, reason.label());
  }

  /** It is well, but further attempts are spent. */
  Skipped forWantOfBudget() {
    return sort == Sort.WELL ? new Skipped(provider, sort, "retry_budget") : this;
  }

  Refusal.Attempt attempt() {
    return new Refusal.Attempt(provider, label);
  }
}

package io.jethproxy.fleet;

import io.jethproxy.call.Trouble;

/** Why a provider is, or is not, asked now. */
public enum Reason {
  HEALTHY("healthy"),
  /** Back in use, with a share that grows to the full one. */
  RECOVERING("recovering"),
  EJECTED("ejected"),
  THROTTLED("throttled"),
  QUOTA_EXHAUSTED("quota_exhausted"),
  BILLING("billing"),
  AUTH("auth"),
  SYNCING("syncing"),
  WRONG_CHAIN("wrong_chain"),
  /** On a branch of the chain that most other providers do not follow. */
  FORKED("forked"),
  /** Its chain has not been proven yet. */
  UNIDENTIFIED("unidentified"),
  /** At its limit of concurrent calls. */
  BUSY("busy"),
  METHOD_CLOSED("method_closed"),
  METHOD_TROUBLE("method_trouble"),
  /** Its head is too old for what is asked. */
  BEHIND("behind");

  private final String label;

  Reason(String label) {
    this.label = label;
  }

  /** The name in {@code data.attempts}, metrics and logs; stable. */
  public String label() {
    return label;
  }

  /** The reason of the pause that a trouble imposes. */
  static Reason ofPause(Trouble trouble) {
    return switch (trouble) {
      case QUOTA_EXHAUSTED -> QUOTA_EXHAUSTED;
      case BILLING -> BILLING;
      case AUTH -> AUTH;
      case SYNCING -> SYNCING;
      case WRONG_CHAIN -> WRONG_CHAIN;
      default -> THROTTLED;
    };
  }
}

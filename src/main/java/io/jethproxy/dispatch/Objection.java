package io.jethproxy.dispatch;

import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Reason;

/** Why a provider must not be asked this call, apart from its health. */
enum Objection {
  NOT_OFFERED(Reason.METHOD_CLOSED.label()),
  BEHIND(Reason.BEHIND.label()),
  /** It has thrown away what is asked for. */
  PRUNED("pruned"),
  /** It does not take so many blocks in one question. */
  RANGE_TOO_LARGE(Trouble.RANGE_TOO_LARGE.label()),
  /** The call goes to providers for private sends alone. */
  NOT_PRIVATE("not_private"),
  /** The provider is for private sends alone. */
  PRIVATE_ONLY("private_only"),
  NO_BROADCAST("no_broadcast");

  private final String label;

  Objection(String label) {
    this.label = label;
  }

  /** The name in {@code data.attempts}; stable. */
  String label() {
    return label;
  }
}

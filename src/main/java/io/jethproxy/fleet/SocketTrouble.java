package io.jethproxy.fleet;

import java.util.Locale;

/** Why a socket to a provider ended or did not come to be, and when it is worth another try. */
public enum SocketTrouble {
  DNS(Retry.SOON),
  UNREACHABLE(Retry.SOON),
  CONNECT_TIMEOUT(Retry.SOON),
  TLS(Retry.SOON),
  /** 429 or 5xx in answer to the handshake. */
  BUSY(Retry.SOON),
  /** 401 or 403 in answer to the handshake. */
  AUTH(Retry.RARELY),
  /** 402 in answer to the handshake. */
  BILLING(Retry.RARELY),
  /** Any other answer to the handshake, redirects too, which are never followed. */
  NO_WEBSOCKET(Retry.RARELY),
  /** The provider ended it in the orderly way. */
  CLOSED(Retry.SOON),
  BROKEN(Retry.SOON),
  /** Against the rules of WebSocket: invalid UTF-8, frames that make no sense. */
  MALFORMED(Retry.SOON),
  /** A message over the bound. */
  TOO_LARGE(Retry.SOON),
  /** It answers no question, or no ping. */
  UNANSWERED(Retry.SOON),
  /** Others show new blocks, and it tells of none. */
  SILENT(Retry.SOON),
  /** It has no subscription for new blocks. */
  NO_SUBSCRIPTION(Retry.RARELY),
  WRONG_CHAIN(Retry.RARELY);

  private enum Retry {
    SOON,
    RARELY
  }

  private final Retry retry;

  SocketTrouble(Retry retry) {
    this.retry = retry;
  }

  /** Whether it will hardly be better in a moment, since somebody must change something. */
  public boolean isLasting() {
    return retry == Retry.RARELY;
  }

  /** The trouble's name for status pages and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

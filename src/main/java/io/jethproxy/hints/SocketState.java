package io.jethproxy.hints;

import java.util.Locale;

/** What a socket is about. */
public enum SocketState {
  /** It is being opened, asked for its chain, or asked to tell of new blocks. */
  CONNECTING,
  /** It tells of new blocks. */
  LIVE,
  /** It is open, but its chain has no provider to ask over HTTP. */
  UNSERVED,
  /** It is closed, since nobody asks about its chain. */
  IDLE,
  /** It is tried again soon. */
  WAITING,
  /** It is tried again after some minutes, since somebody must change something. */
  REFUSED,
  STOPPED;

  /** The state's name for status pages and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

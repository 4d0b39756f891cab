package io.jethproxy.server;

/** What a connection waits for, which decides how long it may. */
enum Phase {
  /** Nothing was asked. */
  IDLE,
  HEAD,
  BODY,

  /** The gateway is at work, or the client takes its answer; that has limits of its own. */
  ANSWER,

  /** The last answer is sent; what still comes is thrown away until the client closes. */
  LINGER;

  /** How long a client that was told goodbye may take to read it. */
  private static final long LINGER_MILLIS = 2_000;

  /** Whether nobody would miss the connection. */
  boolean isIdle() {
    return switch (this) {
      case IDLE, LINGER -> true;
      case HEAD, BODY, ANSWER -> false;
    };
  }

  long millisMax(HttpLimits limits) {
    return switch (this) {
      case IDLE -> limits.idleMillis();
      case HEAD -> limits.headerMillis();
      case BODY -> limits.bodyMillis();
      case ANSWER -> Long.MAX_VALUE;
      case LINGER -> LINGER_MILLIS;
    };
  }
}

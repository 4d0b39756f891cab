package io.jethproxy.server;

import java.util.concurrent.TimeUnit;

/**
 * How long a client that was told goodbye is waited for: as long as it takes what waits for it, and
 * then a moment for its own goodbye.
 */
final class Goodbye {

  private final long sinceNanos;
  private final long stallMillis;
  private final long replyMillis;
  private boolean sent;
  private long sentNanos;

  private Goodbye(long sinceNanos, long stallMillis, long replyMillis) {
    this.sinceNanos = sinceNanos;
    this.stallMillis = stallMillis;
    this.replyMillis = replyMillis;
  }

  /** To a client that others need not wait for. */
  static Goodbye usual(long nowNanos) {
    return new Goodbye(
        nowNanos, WebSocketLimits.GOODBYE_STALL_MILLIS, WebSocketLimits.REPLY_MILLIS);
  }

  /** Before the gateway stops. */
  static Goodbye draining(long nowNanos) {
    return new Goodbye(nowNanos, WebSocketLimits.DRAIN_MILLIS, WebSocketLimits.DRAIN_MILLIS);
  }

  /** Whether the client has had its time. */
  boolean isOver(long unsentBytes, long stalledNanos, long nowNanos) {
    if (unsentBytes > 0) {
      return millis(stalledNanos) >= stallMillis
          || millis(nowNanos - sinceNanos) >= WebSocketLimits.GOODBYE_MILLIS;
    }
    look(unsentBytes, nowNanos);
    return millis(nowNanos - sentNanos) >= replyMillis;
  }

  /** Sees when the client has got everything. */
  void look(long unsentBytes, long nowNanos) {
    if (!sent && unsentBytes == 0) {
      sent = true;
      sentNanos = nowNanos;
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}

package io.jethproxy.server;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Whether a client lives: when something came from it, and when it is to be pinged next. Not all
 * clients at the same time, even if they all came at the same time: the pause between two pings is
 * up to a third shorter than it may be.
 */
final class Pulse {

  private long heardNanos;
  private long pingNanos;

  Pulse(long nowNanos) {
    this.heardNanos = nowNanos;
    planPing(nowNanos);
  }

  /** Something came, or nothing could. */
  void beats(long nowNanos) {
    heardNanos = nowNanos;
  }

  /** Whether nothing has come for so long that the client is gone. */
  boolean isLost(long nowNanos) {
    return millis(nowNanos - heardNanos) >= WebSocketLimits.SILENCE_MILLIS;
  }

  /** Whether it is time for a ping; whoever asks sends it. */
  boolean isPingDue(long nowNanos) {
    boolean due = nowNanos - pingNanos >= 0;
    if (due) {
      planPing(nowNanos);
    }
    return due;
  }

  private void planPing(long nowNanos) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(WebSocketLimits.PING_MILLIS);
    pingNanos = nowNanos + nanos - ThreadLocalRandom.current().nextLong(nanos / 3);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}

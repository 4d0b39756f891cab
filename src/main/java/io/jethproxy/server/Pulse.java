package io.jethproxy.server;

import java.util.concurrent.TimeUnit;

/** Whether a client lives: when something came from it, and when it is to be pinged next. */
final class Pulse {

  private long heardNanos;
  private long pingedNanos;

  Pulse(long nowNanos) {
    this.heardNanos = nowNanos;
    this.pingedNanos = nowNanos;
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
    boolean due = millis(nowNanos - pingedNanos) >= WebSocketLimits.PING_MILLIS;
    if (due) {
      pingedNanos = nowNanos;
    }
    return due;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}

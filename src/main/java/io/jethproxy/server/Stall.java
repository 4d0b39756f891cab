package io.jethproxy.server;

/** How long a client has taken nothing of what waits for it, by looks now and then. */
final class Stall {

  private long sinceNanos;
  private long nanos;

  /** The client has taken something, or nothing waits for it. */
  void moves(long nowNanos) {
    sinceNanos = nowNanos;
    nanos = 0;
  }

  /** All that waited at the last look waits still. */
  void stands(long nowNanos) {
    nanos = nowNanos - sinceNanos;
  }

  /** As of the last look. */
  long nanos() {
    return nanos;
  }
}

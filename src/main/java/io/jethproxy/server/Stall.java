package io.jethproxy.server;

/** How long a client has taken nothing of what waits for it. */
final class Stall {

  /** What was unsent when the client last took something, and since when. */
  private long bytes;

  private long sinceNanos;
  private long nanos;

  /** To be told now and then how much waits. */
  void look(long unsentBytes, long nowNanos) {
    if (unsentBytes == 0 || unsentBytes != bytes) {
      bytes = unsentBytes;
      sinceNanos = nowNanos;
    }
    nanos = nowNanos - sinceNanos;
  }

  /** As of the last look. */
  long nanos() {
    return nanos;
  }
}

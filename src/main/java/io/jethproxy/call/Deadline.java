package io.jethproxy.call;

/**
 * The moment by which a call must be answered.
 *
 * @param atNanos in the time of the {@link Ticker}
 */
public record Deadline(long atNanos) {

  public static Deadline after(Ticker ticker, long nanos) {
    return new Deadline(ticker.nanos() + nanos);
  }

  /** Nanoseconds left, never negative. */
  public long left(long nowNanos) {
    return Math.max(0, atNanos - nowNanos);
  }

  public boolean isPast(long nowNanos) {
    return nowNanos - atNanos >= 0;
  }
}

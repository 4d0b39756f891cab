package io.jethproxy.server;

/**
 * The bounds of the WebSockets of one listener.
 *
 * @param messageBytesMax one message of a client, put together and inflated
 * @param callsMax calls of one connection under way at once; beyond it nothing more is read
 * @param unsentBytesMax what one client was told and has not taken; beyond it its connection ends
 * @param perAddressMax connections of one client address at once
 */
public record WebSocketLimits(
    int messageBytesMax, int callsMax, int unsentBytesMax, int perAddressMax) {

  public static final WebSocketLimits DEFAULTS = new WebSocketLimits(1 << 20, 256, 4 << 20, 1_000);

  /** When the next ping is due at the latest; with the sweep, one comes within 30 s. */
  static final long PING_MILLIS = 30_000 - Sweep.PERIOD_MILLIS_MAX;

  /**
   * A client is gone of which nothing came, or that took nothing, for so long. That it takes
   * nothing is noticed by one look of the sweep, and acted on by another, within 45 s in all.
   */
  static final long SILENCE_MILLIS = 44_500 - 2 * Sweep.PERIOD_MILLIS_MAX;

  /** How long a client that is told goodbye may take nothing of what waits for it. */
  static final long GOODBYE_STALL_MILLIS = 10_000;

  /** How long it may take at most to read all of that. */
  static final long GOODBYE_MILLIS = 60_000;

  /** How long a client that has got everything may take to say goodbye, too. */
  static final long REPLY_MILLIS = 2_000;

  /** The same when the gateway stops. */
  static final long DRAIN_MILLIS = 1_000;

  public WebSocketLimits {
    requirePositive("messageBytesMax", messageBytesMax);
    requirePositive("callsMax", callsMax);
    requirePositive("unsentBytesMax", unsentBytesMax);
    requirePositive("perAddressMax", perAddressMax);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}

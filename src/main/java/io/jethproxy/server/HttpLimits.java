package io.jethproxy.server;

/**
 * The bounds of one HTTP listener.
 *
 * @param bodyBytesMax the body as sent
 * @param inflatedBytesMax the body after gzip
 * @param headerMillis from the first byte of a request to the end of its header
 * @param bodyMillis from the end of the header to the end of the body
 * @param idleMillis between two requests
 * @param stallMillis without a byte taken by a client that an answer waits for
 * @param connectionsMax open at one time, over all loops; beyond it the longest idle goes
 * @param receivedBytesMax bodies of requests not answered yet, over all connections
 * @param unsentBytesMax large answers that their clients have not taken yet, over all connections
 */
public record HttpLimits(
    int bodyBytesMax,
    int inflatedBytesMax,
    long headerMillis,
    long bodyMillis,
    long idleMillis,
    long stallMillis,
    int connectionsMax,
    long receivedBytesMax,
    long unsentBytesMax) {

  static final int URI_BYTES_MAX = 2_048;
  static final int HEADER_BYTES_MAX = 16 * 1024;

  /** Requests of one connection that wait for their turn; beyond it nothing more is read. */
  static final int PIPELINED_MAX = 64;

  /** Bytes of bodies of one connection that wait; beyond it nothing more is read. */
  static final int PIPELINED_BYTES_MAX = 256 * 1024;

  public HttpLimits {
    requirePositive("bodyBytesMax", bodyBytesMax);
    requirePositive("inflatedBytesMax", inflatedBytesMax);
    requirePositive("headerMillis", headerMillis);
    requirePositive("bodyMillis", bodyMillis);
    requirePositive("idleMillis", idleMillis);
    requirePositive("stallMillis", stallMillis);
    requirePositive("connectionsMax", connectionsMax);
    requirePositive("receivedBytesMax", receivedBytesMax);
    requirePositive("unsentBytesMax", unsentBytesMax);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}

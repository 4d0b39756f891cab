package io.jethproxy.transport;

/**
 * A complete HTTP response of a provider.
 *
 * @param status the HTTP status, 100..599
 * @param retryAfterMillis the wait that {@code Retry-After} asks for; negative when there is none
 * @param challenged whether {@code cf-mitigated} says that a firewall answered, not the provider
 * @param bytes holds the inflated body, shared
 * @param from index of the body's first byte
 * @param to index after the body's last byte
 */
@SuppressWarnings("ArrayRecordComponent") // a slice of a shared buffer, never compared
public record HttpReply(
    int status, long retryAfterMillis, boolean challenged, byte[] bytes, int from, int to) {

  public HttpReply(int status, byte[] body) {
    this(status, Waits.UNKNOWN, false, body, 0, body.length);
  }

  /** Only status and length: bodies do not belong in logs. */
  @Override
  public String toString() {
    return "HttpReply[" + status + ", " + (to - from) + " bytes]";
  }
}

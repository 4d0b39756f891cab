package io.jethproxy.server;

/** What a client said on its WebSocket. */
sealed interface Heard {

  /**
   * A whole message, valid UTF-8 unless it is compressed.
   *
   * @param bytes taken from the budget of what is received
   */
  @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
  record Message(byte[] bytes, boolean deflated) implements Heard {}

  @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
  record Ping(byte[] payload) implements Heard {}

  record Pong() implements Heard {}

  /**
   * The client closes.
   *
   * @param code {@link CloseCode#NONE} when it gave none
   */
  record Close(int code) implements Heard {}

  /** What may not be said; nothing after it is understood. */
  record Breach(int code, String reason) implements Heard {}
}

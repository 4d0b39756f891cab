package io.jethproxy.rpc;

/** What a provider's body turned out to be. */
public sealed interface Received {

  /** A well-formed reply with the id that was asked. */
  record Replied(Reply reply) implements Received {}

  /**
   * Well-formed, but with another id than the one that was sent.
   *
   * @param reply what it would have said; an error reply with a null id is still worth reading
   * @param idIsNull whether the id was null or missing, as in errors that precede the parsing of it
   */
  record Misaddressed(Reply reply, boolean idIsNull) implements Received {}

  /**
   * No JSON-RPC reply.
   *
   * @param why in a few words, without any of the body
   */
  record Malformed(String why) implements Received {}
}

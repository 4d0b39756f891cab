package io.jethproxy.transport;

import io.jethproxy.call.Trouble;

/** How an HTTP exchange ended, before anybody has looked into the body. */
sealed interface Exchanged {

  /** A complete response. */
  record Response(HttpReply reply) implements Exchanged {}

  /** No complete response. */
  record Failed(Trouble trouble) implements Exchanged {}
}

package io.jethproxy.server;

/**
 * An open connection of a client, as those see it who look after all of a loop. Used on that loop
 * only.
 */
interface ClientConnection {

  /** Ends what has waited too long; called now and then. */
  void sweep(long nowNanos);

  /** How long the client has been sending what is held of it; 0 when nothing is. */
  long bodyNanos(long nowNanos);

  /** Frees what is held of what the client sends, and says so. */
  void giveUpBody();

  /** How long the client has left unread what is held for it; 0 when nothing is. */
  long stalledNanos();

  /** Frees what is held for the client; the connection goes with it. */
  void giveUpAnswer();

  /** Ends the connection politely: soon when nothing is going on, else after that. */
  void drain();

  /** Ends the connection now. */
  void close();
}

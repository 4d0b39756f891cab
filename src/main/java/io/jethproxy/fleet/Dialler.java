package io.jethproxy.fleet;

/** Opens sockets to one provider. */
public interface Dialler {

  /**
   * Opens a socket. The ear is told on the calling event loop, and nothing after the end.
   *
   * @param ear told what becomes of it; its {@code ended} comes exactly once, unless the socket is
   *     closed from here first
   */
  Socket dial(Ear ear);

  /** One socket, on the loop that opened it. */
  interface Socket {
    /** Sends a text; nothing before it is open or after its end. */
    void send(byte[] text);

    /** Asks for a sign of life: the peer's pong is a {@link Ear#stirred}. */
    void ping();

    /** Ends it; nothing is told afterwards. */
    void close();
  }

  /** Who hears what comes. */
  interface Ear {
    /** The handshake is done. */
    void opened();

    /**
     * A text message.
     *
     * @param text valid UTF-8, at most 1 MiB; the array is the ear's
     */
    void heard(byte[] text);

    /** A message that is of no use: not a text. */
    void unheard();

    /** The peer lives: something came, whatever it was. */
    void stirred();

    /** It is over, or never began. */
    void ended(SocketTrouble trouble);
  }
}

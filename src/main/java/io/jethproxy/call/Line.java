package io.jethproxy.call;

import io.jethproxy.rpc.RawJson;
import java.util.function.Supplier;

/**
 * A client's lasting connection, on which it can be told things that it did not ask for just now.
 * What is told arrives in order, or the line ends: nothing is left out. Used on its own loop only.
 */
public interface Line {

  /** Why the gateway ends a line. */
  enum End {
    /** The client takes what it is told too slowly. */
    SLOW,
    /** What the client is to be told next cannot be had any more, or not soon enough. */
    LOST,
    /** The gateway is going away; another, or the next, serves on. */
    DRAINING
  }

  /**
   * Writes one message, {@code head}, {@code body} and {@code tail} in a row, all of them UTF-8; it
   * is sent with the next {@link #flush}. Copies what it needs: one body may be told on many lines.
   *
   * @return false when the line has ended, now or before: nothing will be told on it any more
   */
  boolean tell(byte[] head, RawJson body, byte[] tail);

  /**
   * Tells what many lines are told, and sends it, behind all that was told before: for each body of
   * the notice one message, {@code head}, the body and the notice's tail in a row. It costs least
   * when lines are told the same notice one after the other, with heads of the same length.
   *
   * @return as {@link #tell}
   */
  default boolean tellAlike(byte[] head, Notice notice) {
    for (RawJson body : notice.bodies()) {
      if (!tell(head, body, notice.tail())) {
        return false;
      }
    }
    flush();
    return true;
  }

  /** Sends what was told. */
  void flush();

  /**
   * Runs the action when most of what was told has been sent, so that there is room for much more;
   * at once if so. Never runs it when the line has ended.
   */
  default void whenRoomy(Runnable action) {
    action.run();
  }

  /**
   * Ends the line after what was told.
   *
   * @param reason for people: what happened, and where to go on; at most 123 bytes of UTF-8 reach
   *     the client
   */
  void end(End why, String reason);

  /** Runs the action when the line has ended, whoever ended it; at once if it has. */
  void onEnd(Runnable action);

  /**
   * Says where a client that is cut off should go on, for the reason of an end that the edge
   * decides on; replaces an earlier one.
   *
   * @param position short ASCII text; empty when there is nothing to go on from
   */
  void position(Supplier<String> position);
}

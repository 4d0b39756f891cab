package io.jethproxy.call;

import io.jethproxy.rpc.RawJson;
import java.util.List;

/**
 * What many lines are told alike, save for a head that each has of its own. One object for all of
 * them, so that an edge can tell that it has written it down before.
 */
public final class Notice {

  private final List<RawJson> bodies;
  private final byte[] tail;

  /**
   * @param bodies one for each message, in order
   * @param tail of each message; neither it nor the bodies change from now on
   */
  public Notice(List<RawJson> bodies, byte[] tail) {
    this.bodies = List.copyOf(bodies);
    this.tail = tail;
  }

  /** One for each message, in order. */
  public List<RawJson> bodies() {
    return bodies;
  }

  /** The end of each message; not to be changed. */
  public byte[] tail() {
    return tail;
  }
}

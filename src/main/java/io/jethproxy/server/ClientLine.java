package io.jethproxy.server;

import io.jethproxy.call.Line;
import io.jethproxy.call.Notice;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a WebSocket is to those who tell its client something unasked. */
final class ClientLine implements Line {

  /** With no more than this unsent, there is room for what may be much. */
  private static final int ROOMY_BYTES = 512 * 1024;

  private final WebSocketConnection connection;
  private final Outbox outbox;
  private final int unsentBytesMax;
  private final WebSocketCounts counts;
  private final Stencil stencil;
  private List<Runnable> onEnd = List.of();

  /** Waits for room; a few of each subscription. */
  private List<Runnable> roomy = List.of();

  private @Nullable Supplier<String> position;
  private boolean ended;

  /**
   * @param unsentBytesMax that were told and are not taken; beyond it the line ends
   * @param stencil of the connection's loop
   */
  ClientLine(
      WebSocketConnection connection,
      Outbox outbox,
      int unsentBytesMax,
      WebSocketCounts counts,
      Stencil stencil) {
    this.connection = connection;
    this.outbox = outbox;
    this.unsentBytesMax = unsentBytesMax;
    this.counts = counts;
    this.stencil = stencil;
  }

  @Override
  public boolean tell(byte[] head, RawJson body, byte[] tail) {
    if (!ended && !isTold(head, body, tail)) {
      endAtPosition(End.SLOW, "slow_consumer");
    }
    return !ended;
  }

  @Override
  public boolean tellAlike(byte[] head, Notice notice) {
    if (!stencil.take(notice, head.length)) {
      return Line.super.tellAlike(head, notice);
    }
    if (!ended && !isTold(head, notice)) {
      endAtPosition(End.SLOW, "slow_consumer");
    }
    return !ended;
  }

  private boolean isTold(byte[] head, Notice notice) {
    if (outbox.toldBytes() > unsentBytesMax) {
      return false;
    }
    boolean hasRoom = outbox.tellShared(stencil.frames(head));
    if (hasRoom) {
      counts.messagesOut.add(notice.bodies().size());
    }
    if (!outbox.isClear()) {
      connection.flush();
    }
    return hasRoom;
  }

  /** False when the client has taken too little of what it was told before. */
  private boolean isTold(byte[] head, RawJson body, byte[] tail) {
    if (outbox.toldBytes() > unsentBytesMax) {
      return false;
    }
    boolean hasRoom = outbox.tell(head, body, tail);
    if (hasRoom) {
      counts.messagesOut.increment();
    }
    return hasRoom;
  }

  @Override
  public void flush() {
    connection.flush();
  }

  @Override
  public void whenRoomy(Runnable action) {
    if (ended) {
      return;
    }
    if (isRoomy()) {
      action.run();
      return;
    }
    if (roomy.isEmpty()) {
      roomy = new ArrayList<>(1);
    }
    roomy.add(action);
  }

  private boolean isRoomy() {
    return outbox.toldBytes() <= ROOMY_BYTES;
  }

  /** The client has taken some. */
  void goOn() {
    List<Runnable> actions = roomy;
    if (!actions.isEmpty() && isRoomy()) {
      roomy = List.of();
      actions.forEach(connection::orDefect);
    }
  }

  @Override
  public void end(End why, String reason) {
    if (!ended) {
      connection.end(why, reason);
    }
  }

  /** Ends the line for a reason of the edge, with the position that the client has reached. */
  void endAtPosition(End why, String reason) {
    if (!ended) {
      Supplier<String> known = position;
      String reached = known == null ? "" : known.get();
      connection.end(why, reached.isEmpty() ? reason : reason + "; " + reached);
    }
  }

  @Override
  public void onEnd(Runnable action) {
    if (ended) {
      action.run();
      return;
    }
    if (onEnd.isEmpty()) {
      onEnd = new ArrayList<>(1);
    }
    onEnd.add(action);
  }

  @Override
  public void position(Supplier<String> reached) {
    position = reached;
  }

  /** Nothing is told any more. */
  void ended() {
    if (ended) {
      return;
    }
    ended = true;
    position = null;
    roomy = List.of();
    List<Runnable> actions = onEnd;
    onEnd = List.of();
    actions.forEach(connection::orDefect);
  }
}

package io.jethproxy.server;

import io.jethproxy.call.Line;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a WebSocket is to those who tell its client something unasked. */
final class ClientLine implements Line {

  private final WebSocketConnection connection;
  private List<Runnable> onEnd = List.of();
  private List<Runnable> onRoom = List.of();
  private @Nullable Supplier<String> position;
  private boolean ended;

  ClientLine(WebSocketConnection connection) {
    this.connection = connection;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public boolean tell(byte[] head, RawJson body, byte[] tail) {
    if (!ended && !connection.tell(head, body, tail)) {
      endAtPosition(End.SLOW, "slow_consumer");
    }
    return !ended;
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
    if (connection.isRoomy()) {
      action.run();
      return;
    }
    if (onRoom.isEmpty()) {
      onRoom = new ArrayList<>(1);
    }
    onRoom.add(action);
  }

  /** Most of what was told is sent. */
  void roomy() {
    List<Runnable> actions = onRoom;
    onRoom = List.of();
    actions.forEach(connection::orDefect);
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
    List<Runnable> actions = onEnd;
    onEnd = List.of();
    actions.forEach(connection::orDefect);
  }
}

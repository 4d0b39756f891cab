package io.jethproxy.server;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that wait for their turn. Bounded by not reading on: what has been
 * read already, at most one buffer of it, still finds its place.
 */
final class TurnQueue {

  private final ArrayDeque<Turn> turns = new ArrayDeque<>();
  private int heldBytes;

  void add(Turn turn) {
    turns.addLast(turn);
    heldBytes += turn.heldBytes();
  }

  /** The next one; null when none waits. */
  @Nullable Turn poll() {
    Turn next = turns.pollFirst();
    if (next != null) {
      heldBytes -= next.heldBytes();
    }
    return next;
  }

  /** Forgets all; gives the bytes that they held. */
  int clear() {
    int held = heldBytes;
    turns.clear();
    heldBytes = 0;
    return held;
  }

  boolean isEmpty() {
    return turns.isEmpty();
  }

  /** Whether no more should be read for now. */
  boolean isFull() {
    return turns.size() >= HttpLimits.PIPELINED_MAX || heldBytes >= HttpLimits.PIPELINED_BYTES_MAX;
  }

  /** Whether there is room again, with some way to go until it is full. */
  boolean hasRoom() {
    return turns.size() < HttpLimits.PIPELINED_MAX / 2
        && heldBytes < HttpLimits.PIPELINED_BYTES_MAX;
  }
}

package io.jethproxy.subscribe;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the questions to providers that are under way for all who resume or replay, so that many
 * who come back at once cost what few do, later. The others wait in order. From any thread.
 */
final class Lookups {

  /** Questions under way at one time. */
  static final int AT_ONCE_MAX = 64;

  /** Questions that wait, a few hundred bytes each; further ones are turned away. */
  static final int WAITING_MAX = 4_096;

  /** Whether a question may be asked. */
  enum Turn {
    NOW,
    LATER,
    NEVER
  }

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int asking;

  /**
   * Asks for leave; {@link #leave} gives it back.
   *
   * @param later run, on any thread, when leave is given later; must be short
   */
  synchronized Turn enter(Runnable later) {
    if (asking < AT_ONCE_MAX) {
      asking++;
      return Turn.NOW;
    }
    if (waiting.size() >= WAITING_MAX) {
      return Turn.NEVER;
    }
    waiting.add(later);
    return Turn.LATER;
  }

  /** A question has ended; the next in order has its place. */
  void leave() {
    @Nullable Runnable next;
    synchronized (this) {
      next = waiting.poll();
      asking -= next == null ? 1 : 0;
    }
    if (next != null) {
      next.run();
    }
  }
}

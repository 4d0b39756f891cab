package io.jethproxy.call;

import java.util.Optional;

/**
 * Who hears what comes after the answer to a call: nobody over plain HTTP, the client's {@link
 * Line} over a WebSocket. Used on the call's own loop only.
 */
public interface Audience {

  /** Nobody: the answer is the end of it. */
  Audience NONE =
      new Audience() {
        @Override
        public Optional<Line> line() {
          return Optional.empty();
        }

        @Override
        public void whenAnswered(Runnable action) {}
      };

  /** The client's lasting connection; empty where there is none. */
  Optional<Line> line();

  /**
   * Runs the action once the answer to the call, or to the batch that it came in, is written: what
   * is told on the line from then on comes after it. Never runs it when the line has ended before.
   */
  void whenAnswered(Runnable action);
}

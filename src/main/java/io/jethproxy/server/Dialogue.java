package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import java.util.function.Consumer;

/** What stands behind a WebSocket: answers its messages. */
interface Dialogue {

  /**
   * Answers a message once, now or later, on the calling loop; an answer to an asker who has gone
   * is dropped.
   *
   * @return how many calls it made, at least 1
   */
  int answer(byte[] message, Asker asker, Consumer<Render.Rendered> reply);

  /** Answers a message with a refusal for each of its requests, as {@link #answer} would. */
  void refuse(byte[] message, Refusal refusal, Asker asker, Consumer<Render.Rendered> reply);

  /** The answer to a message whose own one a defect prevents; logs the defect. */
  Render.Rendered defect(Throwable cause);
}

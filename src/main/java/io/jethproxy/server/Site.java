package io.jethproxy.server;

import java.util.function.Consumer;

/** What stands behind a listener: routes a request and answers it. */
interface Site {

  /**
   * Answers the question exactly once, now or later, from any thread. An answer to a question that
   * was abandoned is dropped.
   */
  void answer(HttpQuestion question, Consumer<HttpAnswer> reply);

  /** The answer to what HTTP itself refuses, such as a body that is too large. */
  HttpAnswer refusal(int status, String message);

  /** The answer to a question whose own one a defect prevents; logs the defect. */
  HttpAnswer defect(Throwable cause);
}

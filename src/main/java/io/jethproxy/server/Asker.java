package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;

/** Who waits for an answer. */
interface Asker {

  /** Declared when nobody waits any more. */
  Abandonment abandonment();

  /** For what is collected before it can be answered. */
  ByteBudget unsent();

  /** Who hears what comes after the answer. */
  Audience audience();

  /** What it says of the trace that it is part of: its {@code traceparent}; empty for none. */
  default String traceparent() {
    return "";
  }
}

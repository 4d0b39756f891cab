package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import java.util.function.Consumer;

/** What to make of an outcome before it counts for or against the provider. */
@FunctionalInterface
public interface Scrutiny {

  /** The outcome as it is. */
  Scrutiny NONE = (outcome, then) -> then.accept(outcome);

  /**
   * Looks at an outcome, at once or later.
   *
   * @param then takes what was made of it, once, on the calling loop
   */
  void of(Outcome outcome, Consumer<Outcome> then);
}

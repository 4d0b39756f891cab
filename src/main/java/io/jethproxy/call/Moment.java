package io.jethproxy.call;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is taken to be true for all calls that a client sent together to one network: the first that
 * asks decides for the rest of a batch. Used on the calls' own loop only; not thread-safe.
 */
public final class Moment {

  private @Nullable Object fixed;

  /**
   * What was true when it was first asked.
   *
   * @param kind of what is asked; the same each time
   * @param now what is true now
   */
  public <T> T fix(Class<T> kind, Supplier<T> now) {
    if (fixed == null) {
      fixed = now.get();
    }
    return kind.cast(fixed);
  }
}

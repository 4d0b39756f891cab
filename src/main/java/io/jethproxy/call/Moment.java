package io.jethproxy.call;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is taken to be true for all calls that a client sent together to one network: the first that
 * asks decides for the rest of a batch. Used on the calls' own loop only; not thread-safe.
 */
public final class Moment {

  private final boolean shared;
  private @Nullable Object fixed;

  /** Of one call alone. */
  public Moment() {
    this(false);
  }

  private Moment(boolean shared) {
    this.shared = shared;
  }

  /** Of all calls of a batch. */
  public static Moment ofBatch() {
    return new Moment(true);
  }

  /** Whether other calls may have been answered as of this moment, so that it must not change. */
  public boolean isShared() {
    return shared;
  }

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

  /** Adds to what was fixed; what others were told by it stays true. */
  public <T> void refine(Class<T> kind, UnaryOperator<T> more) {
    if (fixed != null) {
      fixed = more.apply(kind.cast(fixed));
    }
  }
}

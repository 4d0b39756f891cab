package io.jethproxy.eth;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values by chain id, for the few networks in use, which every call looks up more than once: a walk
 * along a short list, without a hash or a box. Values stay; a change copies the list. From any
 * thread.
 */
public final class ByChain<T> {

  private record Entry<T>(long chainId, T value) {}

  private volatile List<Entry<T>> entries = List.of();

  /** Null when there is none. */
  public @Nullable T get(long chainId) {
    List<Entry<T>> now = entries;
    for (int i = 0; i < now.size(); i++) {
      Entry<T> entry = now.get(i);
      if (entry.chainId() == chainId) {
        return entry.value();
      }
    }
    return null;
  }

  /** The value, made now if there is none; made once whatever the threads. */
  public T get(long chainId, Supplier<T> first) {
    T known = get(chainId);
    return known != null ? known : make(chainId, first);
  }

  private synchronized T make(long chainId, Supplier<T> first) {
    T known = get(chainId);
    if (known != null) {
      return known;
    }
    T made = first.get();
    put(chainId, made);
    return made;
  }

  /** Sets the value. */
  public synchronized void put(long chainId, T value) {
    List<Entry<T>> next = new ArrayList<>(entries);
    next.removeIf(entry -> entry.chainId() == chainId);
    next.add(new Entry<>(chainId, value));
    entries = List.copyOf(next);
  }
}

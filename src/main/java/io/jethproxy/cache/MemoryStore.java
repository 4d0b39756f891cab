package io.jethproxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Answers in this process, bounded by the bytes that they hold; what is asked often stays. A small
 * answer earns its place there when it is asked for again: until then it waits in the {@link
 * Nursery}, which has the room that the others leave. A larger one gets it at once.
 */
final class MemoryStore implements Store {

  private final long bytesMax;
  private final Nursery.Forgotten forgotten;
  private final Nursery nursery;
  private final Cache<Key, Entry> proven;
  private final AtomicLong provenBytes = new AtomicLong();

  /**
   * @param bytesMax positive
   * @param forgotten told of each entry that is replaced or makes room for others, on any thread
   */
  MemoryStore(long bytesMax, Nursery.Forgotten forgotten) {
    this.bytesMax = bytesMax;
    this.forgotten = forgotten;
    nursery = new Nursery(forgotten);
    proven =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax - bytesMax / 4)
            .weigher((Key key, Entry entry) -> (int) Math.min(Integer.MAX_VALUE, entry.bytes(key)))
            .executor(Runnable::run) // its upkeep is short and is shared by the calls
            .removalListener((@Nullable Key key, @Nullable Entry entry, RemovalCause cause) -> {
              if (key != null && entry != null) { // always: neither is held weakly
                forgotten(key, entry, cause.wasEvicted() ? 1 : 0);
              }
            })
            .build();
  }

  private void forgotten(Key key, Entry entry, int evicted) {
    long bytes = entry.bytes(key);
    provenBytes.addAndGet(-bytes);
    forgotten.answers(entry.method(), bytes, evicted);
  }

  @Override
  public Optional<Entry> get(Key key) {
    Entry waiting = nursery.get(key);
    if (waiting == null) {
      return Optional.ofNullable(proven.getIfPresent(key));
    }
    if (nursery.take(key, waiting)) {
      prove(key, waiting);
    }
    return Optional.of(waiting);
  }

  @Override
  public void put(Key key, Entry entry) {
    if (entry.bytes(key) <= Nursery.ENTRY_BYTES_MAX) {
      nursery.put(key, entry);
    } else {
      prove(key, entry);
    }
    nursery.shrinkTo(bytesMax - provenBytes.get());
  }

  private void prove(Key key, Entry entry) {
    provenBytes.addAndGet(entry.bytes(key));
    proven.put(key, entry);
  }

  @Override
  public long count() {
    return proven.estimatedSize() + nursery.count();
  }

  @Override
  public long bytes() {
    return provenBytes.get() + nursery.bytes();
  }
}

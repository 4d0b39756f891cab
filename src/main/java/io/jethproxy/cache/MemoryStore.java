package io.jethproxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers in this process, bounded by the bytes that they hold; what is asked often stays. */
final class MemoryStore implements Store {

  private final Cache<Key, Entry> entries;

  /**
   * @param bytesMax positive
   * @param forgotten told of each entry that is replaced or makes room for others, on any thread
   * @param evicted told besides of each that makes room
   */
  MemoryStore(long bytesMax, BiConsumer<Key, Entry> forgotten, Consumer<Entry> evicted) {
    entries =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax)
            .weigher((Key key, Entry entry) -> (int) Math.min(Integer.MAX_VALUE, entry.bytes(key)))
            .executor(Runnable::run) // its upkeep is short and is shared by the calls
            .removalListener((@Nullable Key key, @Nullable Entry entry, RemovalCause cause) -> {
              if (key != null && entry != null) { // always: neither is held weakly
                forgotten.accept(key, entry);
                if (cause.wasEvicted()) {
                  evicted.accept(entry);
                }
              }
            })
            .build();
  }

  @Override
  public Optional<Entry> get(Key key) {
    return Optional.ofNullable(entries.getIfPresent(key));
  }

  @Override
  public void put(Key key, Entry entry) {
    entries.put(key, entry);
  }

  @Override
  public long count() {
    return entries.estimatedSize();
  }

  @Override
  public long bytes() {
    return entries
        .policy()
        .eviction()
        .map(Policy.Eviction::weightedSize)
        .map(size -> size.orElse(0))
        .orElse(0L);
  }
}

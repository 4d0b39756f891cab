package io.jethproxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Answers in this process, bounded by the bytes that they hold; what is asked often stays.
 *
 * <p>A small answer earns its place there when it is asked for again: until then it waits in the
 * {@link Nursery}, which has the room that the others leave. A larger one gets a place at once
 * while there are free ones. When there are none, it must have been asked for before: else a scan
 * of questions that nobody asks twice would go through the whole room, and the collector would have
 * to carry each answer into it and out of it. Until it is asked for again it waits in a small
 * nursery of its own, if only for as long as the next ones need to fill that. (As S3-FIFO does: J.
 * Yang et al., "FIFO queues are all you need for cache eviction", 2023.)
 */
final class MemoryStore implements Store {

  /** For large answers that wait: less than survives one young collection without being moved. */
  private static final long LARGE_WAITING_BYTES_MAX = 4 << 20;

  /** Of the room, as a part of this, for small answers that wait. */
  private static final int SHARES = 4;

  private final long bytesMax;
  private final long provenBytesMax;
  private final long largeWaitingBytesMax;
  private final Nursery.Forgotten forgotten;
  private final Nursery nursery;
  private final Nursery largeNursery;
  private final AskedBefore askedBefore = new AskedBefore();
  private final Cache<Key, Entry> proven;
  private final AtomicLong provenBytes = new AtomicLong();

  /**
   * @param bytesMax positive
   * @param forgotten told of each entry that is replaced or makes room for others, on any thread
   */
  MemoryStore(long bytesMax, Nursery.Forgotten forgotten) {
    this.bytesMax = bytesMax;
    this.provenBytesMax = bytesMax - bytesMax / SHARES;
    this.largeWaitingBytesMax = Math.min(LARGE_WAITING_BYTES_MAX, bytesMax / SHARES / 2);
    this.forgotten = forgotten;
    nursery = new Nursery(forgotten);
    largeNursery = new Nursery(forgotten);
    proven =
        Caffeine.newBuilder()
            .maximumWeight(provenBytesMax)
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
    Entry small = nursery.get(key);
    Entry waiting = small != null ? small : largeNursery.get(key);
    if (waiting == null) {
      return Optional.ofNullable(proven.getIfPresent(key));
    }
    if (nursery.take(key, waiting) || largeNursery.take(key, waiting)) {
      prove(key, waiting);
    }
    return Optional.of(waiting);
  }

  @Override
  public void put(Key key, Entry entry) {
    long bytes = entry.bytes(key);
    if (bytes <= Nursery.ENTRY_BYTES_MAX) {
      nursery.put(key, entry);
    } else if (askedBefore.note(key)) {
      prove(key, entry);
      var _ = proven.getIfPresent(key); // it counts for as often as it was asked
    } else if (provenBytes.get() + bytes <= provenBytesMax) {
      prove(key, entry);
    } else {
      largeNursery.put(key, entry);
      largeNursery.shrinkTo(largeWaitingBytesMax);
    }
    nursery.shrinkTo(bytesMax - provenBytes.get() - largeNursery.bytes());
  }

  private void prove(Key key, Entry entry) {
    provenBytes.addAndGet(entry.bytes(key));
    proven.put(key, entry);
  }

  @Override
  public long count() {
    return proven.estimatedSize() + nursery.count() + largeNursery.count();
  }

  @Override
  public long bytes() {
    return provenBytes.get() + nursery.bytes() + largeNursery.bytes();
  }
}

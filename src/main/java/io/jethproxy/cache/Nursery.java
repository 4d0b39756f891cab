package io.jethproxy.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Answers that nobody has asked for again yet, which most never are: two plain maps, of which the
 * older is dropped as a whole to make room. That costs no upkeep for each answer, and leaves the
 * collector no lists to follow. From any thread.
 */
final class Nursery {

  /** Hears of answers that are not kept any more. */
  @FunctionalInterface
  interface Forgotten {
    /**
     * @param method the label of their method
     * @param evicted how many of them made room; the others were replaced
     */
    void answers(String method, long bytes, long evicted);
  }

  /** How much a generation has of one method. */
  private static final class Share {
    final AtomicLong bytes = new AtomicLong();
    final AtomicLong answers = new AtomicLong();
  }

  /** The answers of a while, with their bytes in all and by method. */
  private static final class Generation {
    final ConcurrentMap<Key, Entry> entries;
    final AtomicLong bytes = new AtomicLong();
    final ConcurrentMap<String, Share> byMethod = new ConcurrentHashMap<>();
    volatile boolean isGone;

    Generation(int expected) {
      entries = new ConcurrentHashMap<>(expected);
    }

    void count(String method, long moreBytes, int moreAnswers) {
      bytes.addAndGet(moreBytes);
      Share known = byMethod.get(method);
      Share share = known != null ? known : byMethod.computeIfAbsent(method, _ -> new Share());
      share.bytes.addAndGet(moreBytes);
      share.answers.addAndGet(moreAnswers);
    }
  }

  /** Larger answers wait in a nursery of their own, see {@link MemoryStore}. */
  static final int ENTRY_BYTES_MAX = 4 << 10;

  private static final int SLACK_BYTES = 2 * ENTRY_BYTES_MAX;
  private static final int FEW = 16;

  private final Forgotten forgotten;
  private volatile Generation young = new Generation(FEW);
  private volatile Generation old = new Generation(FEW);

  Nursery(Forgotten forgotten) {
    this.forgotten = forgotten;
  }

  void put(Key key, Entry entry) {
    Generation generation = young;
    generation.count(entry.method(), entry.bytes(key), 1);
    Entry before = generation.entries.put(key, entry);
    if (before != null) {
      generation.count(before.method(), -before.bytes(key), -1);
      forgotten.answers(before.method(), before.bytes(key), 0);
    }
    if (generation.isGone) {
      settle(generation); // it was dropped meanwhile, perhaps without this answer
    }
  }

  /** Null when there is none. */
  @Nullable Entry get(Key key) {
    Entry newer = young.entries.get(key);
    return newer != null ? newer : old.entries.get(key);
  }

  /** Hands an answer over; false when it is not here any more. */
  boolean take(Key key, Entry entry) {
    return take(young, key, entry) || take(old, key, entry);
  }

  private static boolean take(Generation from, Key key, Entry entry) {
    boolean taken = from.entries.remove(key, entry);
    if (taken) {
      from.count(entry.method(), -entry.bytes(key), -1);
    }
    return taken;
  }

  /** Drops the older half, if need be, so that the next answer fits as well. */
  void shrinkTo(long bytesMax) {
    if (isOver(bytesMax)) {
      turn(bytesMax);
    }
  }

  private boolean isOver(long bytesMax) {
    return young.bytes.get() > (bytesMax - SLACK_BYTES) / 2 || bytes() > bytesMax;
  }

  private synchronized void turn(long bytesMax) {
    while (isOver(bytesMax) && bytes() > 0) {
      Generation gone = old;
      old = young;
      young = new Generation(old.entries.size());
      gone.isGone = true;
      settle(gone);
    }
  }

  private void settle(Generation gone) {
    gone.byMethod.forEach((method, share) ->
        forgotten.answers(method, share.bytes.getAndSet(0), share.answers.getAndSet(0)));
  }

  long count() {
    return (long) young.entries.size() + old.entries.size();
  }

  long bytes() {
    return young.bytes.get() + old.bytes.get();
  }
}

package io.jethproxy.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Remembers of questions that they were asked, not what was answered: four bytes for each, in as
 * many places as there are. A question that comes to the place of another takes it, so that what
 * was asked long ago is forgotten. Of two different questions one is taken for the other once in
 * some hundred thousand times, which costs no more than a place in the cache. From any thread.
 */
final class AskedBefore {

  /** A power of two; 256 KiB. */
  private static final int PLACES = 1 << 16;

  private final AtomicIntegerArray places = new AtomicIntegerArray(PLACES);

  /** Whether the question was noted here and is not forgotten; notes it. */
  boolean note(Key key) {
    int hash = key.hashCode();
    return places.getAndSet(hash & (PLACES - 1), hash) == hash;
  }
}

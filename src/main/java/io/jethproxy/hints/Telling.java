package io.jethproxy.hints;

import io.jethproxy.eth.Hash;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Whether a socket keeps up with the chain: by the hashes that it has told, so that neither made-up
 * numbers nor a chain that rests deceive. Belongs to one socket's loop.
 */
final class Telling {

  /** Enough for a burst; a repetition of something older counts as new once more. */
  private static final int BLOCKS_MAX = 64;

  private final Set<Hash> told = new LinkedHashSet<>();
  private boolean missing;
  private long missingNanos;

  /** The socket tells of a block; false when it did so before. */
  boolean tells(Hash block, long nowNanos) {
    boolean isNew = told.add(block);
    if (isNew) {
      missingNanos = nowNanos; // behind perhaps, but not silent
      if (told.size() > BLOCKS_MAX) {
        told.remove(told.iterator().next());
      }
    }
    return isNew;
  }

  /** This block was there before the socket could tell. */
  void known(Hash block) {
    told.add(block);
    missing = false;
  }

  /** The chain's newest block, as others show it. */
  void compare(Hash tip, long nowNanos) {
    boolean isMissing = !told.contains(tip);
    if (isMissing && !missing) {
      missingNanos = nowNanos;
    }
    missing = isMissing;
  }

  /** Whether it has told of the newest block. */
  boolean isComplete() {
    return !missing;
  }

  /** For how long others have been further while it said nothing; 0 when it keeps up. */
  long silentNanos(long nowNanos) {
    return missing ? nowNanos - missingNanos : 0;
  }
}

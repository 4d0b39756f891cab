package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The block that a socket told of and that the provider has not shown yet. It may have it a moment
 * later than the socket said, or never, as the block may be made up: so it is looked for at once,
 * then ever more rarely, until the provider shows anything new. Belongs to one {@link HeadPoll}.
 */
final class Awaited {

  /** After so many looks in vain there is no hurry any more. */
  private static final int HURRIED_LOOKS_MAX = 5;

  /** Blocks of which a late notice is known to be late. */
  private static final int SHOWN_MAX = 16;

  private final Deque<Hash> shown = new ArrayDeque<>(SHOWN_MAX);
  private @Nullable Hash told;
  private @Nullable Hash asked;
  private int vainLooks;

  /** A socket tells of this block; false when the provider has shown it. */
  boolean tells(Hash block) {
    boolean isNew = !shown.contains(block);
    if (isNew) {
      told = block;
    }
    return isNew;
  }

  /** The provider is asked for its newest block; whether one is awaited. */
  boolean asks() {
    asked = told;
    told = null;
    return asked != null;
  }

  /** It shows this block, which it did not show before. */
  void shows(Hash block) {
    if (shown.size() == SHOWN_MAX) {
      shown.removeFirst();
    }
    shown.addLast(block);
    asked = null;
    vainLooks = 0;
    if (block.equals(told)) {
      told = null;
    }
  }

  /** It shows what it showed before. */
  void showsNothingNew() {
    if (asked != null) {
      vainLooks = Math.min(vainLooks + 1, HURRIED_LOOKS_MAX);
      told = told == null ? asked : told;
      asked = null;
    }
  }

  boolean isAny() {
    return told != null;
  }

  /** Whether it may come any moment. */
  boolean isSoon() {
    return isAny() && vainLooks < HURRIED_LOOKS_MAX;
  }

  /** Looks since the provider last showed something new; 0..5. */
  int vainLooks() {
    return vainLooks;
  }
}

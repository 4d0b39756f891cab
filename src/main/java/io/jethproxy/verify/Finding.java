package io.jethproxy.verify;

import java.util.function.Supplier;

/** What a check finds in an answer. */
enum Finding {
  /** Nothing speaks against it. */
  RIGHT,
  /** Something that is there is not in it: this provider does not have it yet. */
  MISSING,
  /** It is of another block than the one that is known there: one of both is outdated. */
  ASTRAY,
  /** It is not the answer to the question, or was changed. */
  WRONG;

  static Finding of(boolean isRight) {
    return isRight ? RIGHT : WRONG;
  }

  /** This, unless it is right so far: then what else is found. */
  Finding and(Supplier<Finding> further) {
    return this == RIGHT ? further.get() : this;
  }
}

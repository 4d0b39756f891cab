package io.jethproxy.verify;

/** What a check finds in an answer. */
enum Finding {
  /** Nothing speaks against it. */
  RIGHT,
  /** Something that is there is not in it: this provider does not have it yet. */
  MISSING,
  /** It is not the answer to the question, or was changed. */
  WRONG;

  static Finding of(boolean isRight) {
    return isRight ? RIGHT : WRONG;
  }
}

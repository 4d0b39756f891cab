package io.jethproxy.survey;

import io.jethproxy.fleet.Holdings;
import java.util.OptionalLong;

/**
 * Looks for the lowest block of which a provider has something: at the first one, then between what
 * it lacks and what it has. It halves the exponent of the depth below the head, because what
 * providers keep differs by powers: 128 blocks, a million, all. Of 25 million blocks the seven
 * halvings leave the depth within a tenth. Pure; not thread-safe.
 */
final class Bisection {

  /** With the first one. */
  static final int QUESTIONS_MAX = 8;

  /** Genesis is often kept, or empty, where nothing else is. */
  private static final long FIRST = 1;

  private final long head;
  private long lacked = FIRST - 1;
  private long seen;
  private int asked;

  /** What is nearer to the head may be late, and is taken to be there. */
  Bisection(long head) {
    this.head = head;
    seen = Math.max(FIRST, head - Holdings.LATE_BLOCKS);
  }

  /** The block to ask for next; empty when no more is to be found out. */
  OptionalLong next() {
    if (seen - lacked <= 1 || asked == QUESTIONS_MAX) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(asked == 0 ? FIRST : between());
  }

  private long between() {
    double depth = Math.sqrt((double) (head - lacked) * (head - seen));
    return Math.clamp(head - Math.round(depth), lacked + 1, seen - 1);
  }

  void has(long number) {
    asked++;
    seen = number;
  }

  void lacks(long number) {
    asked++;
    lacked = number;
  }

  /** Whether anything was asked: the chain is long enough. */
  boolean isConclusive() {
    return asked > 0;
  }

  /** The lowest block that may be there; 0 when all are. */
  long floor() {
    return lacked < FIRST ? 0 : lacked + 1;
  }

  /** The lowest block that was there. */
  long seen() {
    return seen;
  }

  long head() {
    return head;
  }
}

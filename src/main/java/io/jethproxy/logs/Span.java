package io.jethproxy.logs;

import java.util.ArrayList;
import java.util.List;

/**
 * Blocks in a row, both ends included.
 *
 * @param from not negative
 * @param to {@code from} or more
 */
record Span(long from, long to) {

  private static final long DECADE = 10;

  Span {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "span: " + from + ".." + to + " (expected: 0 <= from <= to)");
    }
  }

  long blocks() {
    return to - from + 1;
  }

  /**
   * The same blocks in pieces that end where every other question is cut too, so that pieces of
   * ranges which overlap are the same ones.
   *
   * @param blocksMax in one piece, 1 or more; what is used is the next {@link #roundSize} below
   */
  List<Span> cut(long blocksMax) {
    long size = roundSize(blocksMax);
    List<Span> pieces = new ArrayList<>();
    for (long start = from; start <= to; ) {
      long end = Math.min(to, (start / size + 1) * size - 1);
      pieces.add(new Span(start, end));
      start = end + 1;
    }
    return pieces;
  }

  /** How many pieces {@link #cut} makes. */
  long pieces(long blocksMax) {
    long size = roundSize(blocksMax);
    return to / size - from / size + 1;
  }

  /** 1, 2 or 5 with zeros, at most the limit: what people choose for limits and for steps. */
  static long roundSize(long blocksMax) {
    long power = 1;
    while (power <= blocksMax / DECADE) {
      power *= DECADE;
    }
    long digits = blocksMax / power;
    return power * (digits >= 5 ? 5 : digits >= 2 ? 2 : 1);
  }
}

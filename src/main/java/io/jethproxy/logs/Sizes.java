package io.jethproxy.logs;

import io.jethproxy.fleet.RangeLimits;

/**
 * How many blocks to ask for at once. What providers say of ranges holds for every filter and is
 * kept to; how much there is of a filter differs from one stretch of the chain to the next, so that
 * is a guess, which never makes so many questions that they are refused.
 *
 * @param range that a provider is thought to take, 1 or more
 * @param results of which a provider is thought to give all logs of this filter, 1 or more
 */
record Sizes(long range, long results) {

  static final Sizes UNLIMITED = new Sizes(RangeLimits.UNLIMITED, RangeLimits.UNLIMITED);

  /** In one piece even where a provider would take more: larger answers are slow everywhere. */
  private static final long PIECE_BLOCKS_MAX = 10_000;

  /** A range so long that it would have more pieces gets larger ones, where providers take them. */
  private static final long PIECES_WANTED = 20;

  /** The share of all questions that a guess may take before anything is asked. */
  private static final int GUESS_SHARE = 4;

  /** Into so many pieces a guess cuts what was too much; a halving is none. */
  private static final long GUESS_PIECES_MAX = 16;

  /** The most that is asked for at once of blocks that were not asked for yet. */
  long strictly(Span span) {
    return Math.min(range, Math.max(PIECE_BLOCKS_MAX, span.blocks() / PIECES_WANTED));
  }

  /** What to ask for at once of blocks that were not asked for yet. */
  long first(Span span, int partsMax) {
    long most = strictly(span);
    long size = Math.min(most, results);
    while (size < most && span.pieces(size) > partsMax / GUESS_SHARE) {
      size = Math.min(most, 2 * size);
    }
    return size;
  }

  /** What to ask for at once of blocks that were too many; less than all of them. */
  long again(Span span) {
    long guess = Math.max(results, (span.blocks() + GUESS_PIECES_MAX - 1) / GUESS_PIECES_MAX);
    return Math.min(Math.min(range, guess), (span.blocks() + 1) / 2);
  }
}

package io.jethproxy.fleet;

/**
 * A provider's latest block as far as known.
 *
 * @param number the block's number; -1 when not known
 * @param changedNanos since when it has been that
 * @param polledNanos when the provider last said so
 * @param polls how often it was asked so far
 */
record HeadSeen(long number, long changedNanos, long polledNanos, int polls) {

  static final HeadSeen NONE = new HeadSeen(-1, 0, 0, 0);

  boolean isKnown() {
    return number >= 0;
  }

  HeadSeen polled(long now, long nowNanos) {
    return new HeadSeen(now, now == number ? changedNanos : nowNanos, nowNanos, polls + 1);
  }

  HeadSeen atLeast(long now, long nowNanos) {
    return now <= number ? this : new HeadSeen(now, nowNanos, nowNanos, polls);
  }
}

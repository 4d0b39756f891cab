package io.jethproxy.fleet;

import io.jethproxy.call.Ticker;

/** A provider's latest block as far as known. Read without a lock, written under one of its own. */
final class KnownHead {

  private final Ticker ticker;
  private volatile HeadSeen seen = HeadSeen.NONE;
  private volatile boolean certain = true;

  KnownHead(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The provider says that this is its latest block; lower than before is believed. */
  synchronized void told(long number) {
    seen = seen.polled(number, ticker.nanos());
    certain = true;
  }

  /** The provider showed that it has this block. */
  void atLeast(long number) {
    if (number > seen.number()) {
      synchronized (this) {
        seen = seen.atLeast(number, ticker.nanos());
      }
    }
  }

  /** The provider could not be reached: what answers there next may be another. */
  void doubted() {
    certain = false;
  }

  boolean isCertain() {
    return certain;
  }

  HeadSeen seen() {
    return seen;
  }

  /** For how long it has been the same; -1 when not known. */
  long ageNanos() {
    HeadSeen now = seen;
    return now.isKnown() ? ticker.nanos() - now.changedNanos() : -1;
  }

  /** Whether the provider should have a block; true while its head is not known. */
  boolean reaches(long number) {
    HeadSeen now = seen;
    return !now.isKnown() || number <= now.number();
  }
}

package io.jethproxy.observe;

import java.util.Locale;

/** What became of the lines that were meant for Loki; read by metrics, on any thread. */
public interface LokiCounts {

  /** Why a line did not get there. */
  enum Lost {
    /** Newer lines took its place in the buffer. */
    FULL,
    /** Loki would not have it. */
    REFUSED,
    /** The gateway stopped before. */
    SHUTDOWN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Lines that Loki took. */
  long sentLines();

  /** Lines that it will never get. */
  long lostLines(Lost why);

  /** Pushes that failed. */
  long failedPushes(LokiTrouble trouble);

  /** About how many bytes wait, those on their way included; at most 8 MiB. */
  long waitingBytes();
}

package io.jethproxy.observe;

/**
 * What became of spans since the start. What was made and neither sent nor failed waits in the
 * queue, or was dropped because that was full.
 */
public interface TraceCounts {

  /** Those that sampled calls were made into. */
  long madeSpans();

  /** Those that the collector took. */
  long sentSpans();

  /** Those that were given up after it could not be reached or did not take them. */
  long failedSpans();
}

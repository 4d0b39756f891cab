package io.jethproxy.verify;

/** The check of the answers to some methods. */
@FunctionalInterface
interface Check {

  /** Larger answers are not for an event loop to hash. */
  int HASHED_BYTES_MAX = 64 << 10;

  Finding of(Claim claim);

  /** Answers up to this length may be looked at on an event loop. */
  default int bytesMax() {
    return HASHED_BYTES_MAX;
  }
}

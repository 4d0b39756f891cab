package io.jethproxy.cache;

import io.jethproxy.rpc.RawJson;
import java.util.Arrays;

/**
 * A kept answer.
 *
 * @param method its label in the figures
 * @param isFirm whether the answer was checked when it came
 */
record Entry(RawJson result, boolean isFirm, Validity validity, String method) {

  /** Objects and references of one entry, roughly, with those of the store. */
  private static final int OVERHEAD_BYTES = 240;

  /** An answer to keep: a small slice must not hold a large array. */
  static Entry of(RawJson result, boolean isFirm, Validity validity, String method) {
    return new Entry(trimmed(result), isFirm, validity, method);
  }

  private static RawJson trimmed(RawJson result) {
    if (result.length() >= result.bytes().length / 2) {
      return result;
    }
    byte[] copy = Arrays.copyOfRange(result.bytes(), result.from(), result.to());
    return new RawJson(copy, 0, copy.length);
  }

  /** Bytes that it keeps in memory, with its key. */
  long bytes(Key key) {
    return (long) OVERHEAD_BYTES + key.length() + result.bytes().length;
  }
}

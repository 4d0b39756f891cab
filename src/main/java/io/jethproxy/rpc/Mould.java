package io.jethproxy.rpc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What one JSON value looks like apart from what its strings say: the bytes between them. A node
 * writes the elements of a list alike, so that most are found to be valid without a look at each
 * token.
 *
 * <p>Why that is enough: let a value have the bytes of a valid one wherever that has none of its
 * strings' characters, and let those in between be any. Where all its bytes are ASCII, none is a
 * control character or a backslash, and it has no more quotes than the other, its strings end where
 * they should and hold nothing that must not be there. So it is valid, with the same keys and the
 * same depth. The quotes are counted and the characters looked at in one loop without a branch,
 * which the JVM does with the widest registers it has; so what is wrong leads to a look at each
 * token, which finds out where.
 *
 * <p>For one thread at a time.
 */
final class Mould {

  /** Values with more strings have none. */
  static final int STRINGS_MAX = 64;

  /** Nor have longer ones, so that moulds take little memory. */
  static final int BYTES_MAX = 4096;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
  private static final long SPACES = ONES * ' ';
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final int NOT_SO = -1;
  private static final long[] NONE = {};

  private final byte[] bytes;

  /** Of the value that the mould was taken from; nothing fits when its length is 0. */
  private int model;

  private int length;

  /** How many of its bytes are no quotes, with blanks up to a whole word. */
  private int others;

  /** Its bytes that are no characters of strings, by words. */
  private long[] fixed = NONE;

  private int strings;

  /** Where the characters of each string stand, from the value's first byte on. */
  private final short[] from = new short[STRINGS_MAX];

  private final short[] to = new short[STRINGS_MAX];

  /** Without a form yet: nothing fits. */
  Mould(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes the form of a value; false when that has none of use, and then nothing fits.
   *
   * @param start of a value that is known to be valid
   * @param end after its last byte
   */
  boolean take(int start, int end) {
    length = 0;
    if (end - start < Long.BYTES || end - start > BYTES_MAX || !findStrings(start, end)) {
      return false;
    }
    model = start;
    int words = (end - start + Long.BYTES - 1) / Long.BYTES;
    if (fixed.length < words) {
      fixed = new long[words];
    }
    Arrays.fill(fixed, 0, words, -1L);
    for (int i = 0; i < strings; i++) {
      loosen(from[i], to[i]);
    }
    length = end - start;
    others = othersIfAlike(start);
    if (others < 0) {
      length = 0;
    }
    return length > 0;
  }

  private boolean findStrings(int start, int end) {
    strings = 0;
    int i = start;
    while (i < end) {
      if (bytes[i] != '"') {
        i++;
        continue;
      }
      int after = JsonTokens.stringEnd(bytes, i + 1, end);
      if (!isKey(after, end)) {
        if (strings == STRINGS_MAX) {
          return false;
        }
        from[strings] = (short) (i + 1 - start);
        to[strings++] = (short) (after - 1 - start);
      }
      i = after;
    }
    return true;
  }

  private boolean isKey(int after, int end) {
    int next = JsonTokens.spaceEnd(bytes, after, end);
    return next < end && bytes[next] == ':';
  }

  /** Lets these bytes be any. */
  private void loosen(int first, int last) {
    int i = first;
    while (i < last) {
      int word = i / Long.BYTES;
      int end = Math.min(last, (word + 1) * Long.BYTES);
      fixed[word] &= ~(lowBytes(i % Long.BYTES + end - i) & ~lowBytes(i % Long.BYTES));
      i = end;
    }
  }

  private static long lowBytes(int count) {
    return count == Long.BYTES ? -1L : (1L << (count * Byte.SIZE)) - 1;
  }

  /**
   * The end of a valid value of this form; negative when it may be none.
   *
   * @param limit what comes at or after it is not looked at
   */
  int end(int start, int limit) {
    return length > 0 && length <= limit - start && mayFit(start) && othersIfAlike(start) == others
        ? start + length
        : NOT_SO;
  }

  /** Whether the last bytes are alike: where a string has another length, others are there. */
  private boolean mayFit(int start) {
    int last = length - Long.BYTES;
    int moved = last % Long.BYTES;
    long mask = fixed[last / Long.BYTES] >>> (moved * Byte.SIZE);
    if (moved > 0) {
      mask |= fixed[last / Long.BYTES + 1] << ((Long.BYTES - moved) * Byte.SIZE);
    }
    long word = (long) WORDS.get(bytes, start + last);
    return ((word ^ (long) WORDS.get(bytes, model + last)) & mask) == 0;
  }

  /** The bytes that are no quotes; negative when anything differs, or is not plain ASCII. */
  private int othersIfAlike(int start) {
    byte[] all = bytes;
    long[] mask = fixed;
    int other = model;
    int whole = length / Long.BYTES;
    long different = 0;
    long odd = 0;
    long count = 0;
    for (int i = 0; i < whole; i++) {
      long word = (long) WORDS.get(all, start + (i << 3));
      different |= (word ^ (long) WORDS.get(all, other + (i << 3))) & mask[i];
      odd |= odd(word);
      count += others(word);
    }
    if (length % Long.BYTES > 0) {
      long rest = rest(start);
      different |= (rest ^ rest(other)) & mask[whole];
      odd |= odd(rest);
      count += others(rest);
    }
    return different == 0 && (odd & HIGH_BITS) == 0 ? (int) count : NOT_SO;
  }

  /** The bytes after the last whole word, with blanks behind them. */
  private long rest(int start) {
    int count = length % Long.BYTES;
    long word = (long) WORDS.get(bytes, start + length - Long.BYTES);
    return (word >>> ((Long.BYTES - count) * Byte.SIZE)) | (SPACES << (count * Byte.SIZE));
  }

  /** Has a high bit if a byte is below the space, a backslash, or not ASCII; see JsonTokens. */
  private static long odd(long word) {
    return word | (word - SPACES) | ((word ^ BACKSLASHES) - ONES);
  }

  /** How many bytes are no quotes, if all are ASCII: adding carries into no other byte then. */
  private static int others(long word) {
    return Long.bitCount(((word ^ QUOTES) + LOW_BITS) & HIGH_BITS);
  }
}

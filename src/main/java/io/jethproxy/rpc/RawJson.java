package io.jethproxy.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A slice of bytes that holds one JSON value exactly as it came; never re-encoded, and not copied
 * but to let go of what it came with, see {@link #ownWhenSmall}.
 *
 * <p>The bytes must not be changed after the slice is made: slices are shared between calls.
 *
 * @param bytes the array that holds the value, shared with other slices
 * @param from index of the value's first byte
 * @param to index after the value's last byte; {@code from == to} means that there is no value
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, shared on purpose
public record RawJson(byte[] bytes, int from, int to) {

  /** No value at all, as in a request without params. */
  public static final RawJson ABSENT = new RawJson(new byte[0], 0, 0);

  public static final RawJson NULL = of("null");

  public RawJson {
    if (from < 0 || to < from || to > bytes.length) {
      throw new IllegalArgumentException(
          "slice " + from + ".." + to + " (expected: within 0.." + bytes.length + ")");
    }
  }

  /** The UTF-8 bytes of {@code json}, which must be one JSON value. */
  public static RawJson of(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new RawJson(bytes, 0, bytes.length);
  }

  public boolean isAbsent() {
    return from == to;
  }

  public boolean isNull() {
    return length() == 4 && bytes[from] == 'n';
  }

  /** Length in bytes. */
  public int length() {
    return to - from;
  }

  /**
   * The same value for keeping: in an array of its own when it is less than half of the one that it
   * came in, so that it holds at most twice its length.
   */
  public RawJson ownWhenSmall() {
    return bytes.length <= 2L * length()
        ? this
        : new RawJson(Arrays.copyOfRange(bytes, from, to), 0, length());
  }

  /** The first byte, which tells the kind of a JSON value; 0 when absent. */
  public byte first() {
    return isAbsent() ? 0 : bytes[from];
  }

  /** Whether the slice holds exactly these ASCII characters. */
  public boolean is(String ascii) {
    if (ascii.length() != length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The text of the slice, for slow paths and messages. */
  public String text() {
    return new String(bytes, from, length(), StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawJson that
        && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  /** Only the length: params and results do not belong in logs. */
  @Override
  public String toString() {
    return "RawJson[" + length() + " bytes]";
  }
}

package io.jethproxy.eth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * 32 bytes that name a block or transaction, or are a root: its big-endian parts.
 *
 * @param a bytes 0 to 7
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record Hash(long a, long b, long c, long d) {

  public static final int LENGTH = 32;
  public static final Hash ZERO = new Hash(0, 0, 0, 0);

  /** Length of {@code 0x} and 64 digits. */
  private static final int TEXT_LENGTH = 66;

  /** The 32 bytes from index {@code from}. */
  public static Hash of(byte[] bytes, int from) {
    ByteBuffer in = ByteBuffer.wrap(bytes, from, LENGTH);
    return new Hash(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  /** Reads {@code 0x} and 64 hex digits in any case. */
  public static Hash of(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.UTF_8);
    return read(ascii, 0, ascii.length)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "hash: " + text.length() + " characters (expected: 0x and 64 hex digits)"));
  }

  /** The hash that the text from {@code from} to {@code to} means; empty when it is none. */
  public static Optional<Hash> read(byte[] text, int from, int to) {
    if (to - from != TEXT_LENGTH) {
      return Optional.empty();
    }
    return Hex.data(text, from, to).map(bytes -> of(bytes, 0));
  }

  /** A new array with the 32 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(LENGTH).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  /** {@code 0x} and 64 digits, lower case. */
  @Override
  public String toString() {
    return Hex.text(bytes());
  }
}

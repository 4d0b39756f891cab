package io.jethproxy.eth;

import java.util.Arrays;
import java.util.Optional;

/**
 * The two hex notations of JSON-RPC, read strictly: quantities ({@code 0x41}, no leading zeros) and
 * data ({@code 0x0041}, two digits a byte).
 */
public final class Hex {

  /** What {@link #quantity(byte[], int, int)} answers for text that is no quantity. */
  public static final long NO_QUANTITY = -1;

  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private Hex() {}

  /**
   * The quantity that the text from {@code from} to {@code to} means, 0 to {@link Long#MAX_VALUE};
   * {@link #NO_QUANTITY} for larger ones, leading zeros and anything else.
   */
  public static long quantity(byte[] text, int from, int to) {
    int digits = to - from - 2;
    if (digits < 1 || digits > 16 || !hasPrefix(text, from)) {
      return NO_QUANTITY;
    }
    if (text[from + 2] == '0' && digits > 1) {
      return NO_QUANTITY;
    }
    long value = 0;
    for (int i = from + 2; i < to; i++) {
      int digit = digit(text[i]);
      if (digit < 0) {
        return NO_QUANTITY;
      }
      value = value << 4 | digit;
    }
    return value < 0 ? NO_QUANTITY : value;
  }

  /** The notation of a quantity that is not negative. */
  public static String quantity(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("quantity: " + value + " (expected: >= 0)");
    }
    return "0x" + Long.toHexString(value);
  }

  /** The bytes that the text means as data; empty when it is not data. */
  public static Optional<byte[]> data(byte[] text, int from, int to) {
    int digits = to - from - 2;
    if (digits < 0 || digits % 2 != 0 || !hasPrefix(text, from)) {
      return Optional.empty();
    }
    byte[] bytes = new byte[digits / 2];
    for (int i = 0; i < bytes.length; i++) {
      int at = from + 2 + 2 * i;
      int value = digit(text[at]) << 4 | digit(text[at + 1]);
      if (value < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) value;
    }
    return Optional.of(bytes);
  }

  /**
   * A number of any size as bytes without leading zeros, none for zero; empty when the text is no
   * number. Leading zeros are let through: signatures come with them.
   */
  public static Optional<byte[]> number(byte[] text, int from, int to) {
    int digits = to - from - 2;
    if (digits < 1) {
      return Optional.empty();
    }
    byte[] padded = new byte[2 + digits + digits % 2];
    Arrays.fill(padded, (byte) '0');
    System.arraycopy(text, from, padded, 0, 2);
    System.arraycopy(text, from + 2, padded, padded.length - digits, digits);
    return data(padded, 0, padded.length).map(Hex::withoutLeadingZeros);
  }

  static byte[] withoutLeadingZeros(byte[] number) {
    int from = 0;
    while (from < number.length && number[from] == 0) {
      from++;
    }
    return from == 0 ? number : Arrays.copyOfRange(number, from, number.length);
  }

  /** The notation of data, lower case. */
  public static String text(byte[] bytes) {
    return text(bytes, 0, bytes.length);
  }

  /** The notation of the bytes from {@code from} to {@code to} as data, lower case. */
  @SuppressWarnings("deprecation") // the constructor for ASCII copies; a charset would decode
  public static String text(byte[] bytes, int from, int to) {
    byte[] text = new byte[2 + 2 * (to - from)];
    text[0] = '0';
    text[1] = 'x';
    for (int i = from, at = 2; i < to; i++) {
      text[at++] = DIGITS[bytes[i] >> 4 & 0xf];
      text[at++] = DIGITS[bytes[i] & 0xf];
    }
    return new String(text, 0);
  }

  /** The value of a hex digit; -1 for any other character. */
  static int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  private static boolean hasPrefix(byte[] text, int from) {
    return text[from] == '0' && text[from + 1] == 'x';
  }
}

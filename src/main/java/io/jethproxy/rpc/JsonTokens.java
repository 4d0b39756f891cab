package io.jethproxy.rpc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where strings, numbers and literals end, checking every byte against RFC 8259 and RFC 3629.
 *
 * <p>Each function answers the index after the token, or {@code ~i} (negative) where {@code i} is
 * the first byte that cannot stand there; {@code i == to} means that the input ended too early.
 *
 * <p>Strings are where the time goes, since answers are mostly long runs of hex digits. Eight bytes
 * are looked at together, as one little-endian word: a byte needs a closer look when it is a quote,
 * a backslash, below the space, or not ASCII. Subtracting per byte sets the high bit of each byte
 * that was smaller than what was taken away. A borrow can only spoil bytes above one that was
 * smaller, so the lowest high bit is always exact, and only that one is used.
 */
public final class JsonTokens {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Turns a quote into a space, and leaves what is below the space below it. */
  private static final long QUOTE_TO_SPACE = ONES * ('"' ^ ' ');

  private static final long ABOVE_SPACE = ONES * (' ' + 1);
  private static final long BACKSLASHES = ONES * '\\';

  private JsonTokens() {}

  /** The end of the string whose opening quote is just before {@code at}. */
  public static int stringEnd(byte[] bytes, int at, int to) {
    int i = plainEnd(bytes, at, to);
    while (i < to && bytes[i] != '"') {
      int after = unusualEnd(bytes, i, to);
      if (after < 0) {
        return after;
      }
      i = plainEnd(bytes, after, to);
    }
    return i < to ? i + 1 : ~to;
  }

  /** The end of an escape or of a character that is not ASCII. */
  private static int unusualEnd(byte[] bytes, int at, int to) {
    byte b = bytes[at];
    if (b == '\\') {
      return escapeEnd(bytes, at + 1, to);
    }
    return b < 0 ? multiByteEnd(bytes, at, to) : ~at;
  }

  /** The first byte from {@code at} that needs a closer look, or {@code to}. */
  static int plainEnd(byte[] bytes, int at, int to) {
    int i = at;
    for (int last = to - 16; i <= last; i += 16) {
      long special = special((long) WORDS.get(bytes, i));
      if (special != 0) {
        return i + lowestByte(special);
      }
      special = special((long) WORDS.get(bytes, i + 8));
      if (special != 0) {
        return i + 8 + lowestByte(special);
      }
    }
    while (i < to && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    return i;
  }

  private static long special(long word) {
    return (word | ((word ^ QUOTE_TO_SPACE) - ABOVE_SPACE) | ((word ^ BACKSLASHES) - ONES))
        & HIGH_BITS;
  }

  private static int lowestByte(long highBits) {
    return Long.numberOfTrailingZeros(highBits) >>> 3;
  }

  /** The end of the escape whose backslash is just before {@code at}. */
  private static int escapeEnd(byte[] bytes, int at, int to) {
    if (at == to) {
      return ~to;
    }
    return switch (bytes[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 1;
      case 'u' -> hexEnd(bytes, at + 1, to);
      default -> ~at;
    };
  }

  private static int hexEnd(byte[] bytes, int at, int to) {
    for (int i = at; i < at + 4; i++) {
      if (i >= to || Character.digit(bytes[i], 16) < 0) {
        return ~Math.min(i, to);
      }
    }
    return at + 4;
  }

  /** The end of one character of two to four bytes; refuses overlong forms and surrogates. */
  private static int multiByteEnd(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    if (lead < 0xc2 || lead > 0xf4) {
      return ~at;
    }
    if (at + 1 >= to) {
      return ~to;
    }
    int second = bytes[at + 1] & 0xff;
    int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) {
      return ~(at + 1);
    }
    int end = at + (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
    for (int i = at + 2; i < end; i++) {
      if (i >= to || (bytes[i] & 0xc0) != 0x80) {
        return ~Math.min(i, to);
      }
    }
    return end;
  }

  /** The end of the number that begins at {@code at}, which must be below {@code to}. */
  static int numberEnd(byte[] bytes, int at, int to) {
    int i = bytes[at] == '-' ? at + 1 : at;
    int whole = digitsEnd(bytes, i, to);
    if (whole == i) {
      return ~i;
    }
    // A leading zero stands alone: what follows it is for the caller to refuse.
    i = bytes[i] == '0' ? i + 1 : whole;
    if (i < to && bytes[i] == '.') {
      int fraction = digitsEnd(bytes, i + 1, to);
      if (fraction == i + 1) {
        return ~fraction;
      }
      i = fraction;
    }
    if (i < to && (bytes[i] == 'e' || bytes[i] == 'E')) {
      i++;
      if (i < to && (bytes[i] == '+' || bytes[i] == '-')) {
        i++;
      }
      int exponent = digitsEnd(bytes, i, to);
      if (exponent == i) {
        return ~exponent;
      }
      i = exponent;
    }
    return i;
  }

  private static int digitsEnd(byte[] bytes, int at, int to) {
    int i = at;
    while (i < to && bytes[i] >= '0' && bytes[i] <= '9') {
      i++;
    }
    return i;
  }

  /** The end of exactly this ASCII word at {@code at}. */
  static int wordEnd(byte[] bytes, int at, int to, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= to || bytes[at + i] != word.charAt(i)) {
        return ~Math.min(at + i, to);
      }
    }
    return at + word.length();
  }

  /** The first byte from {@code at} that is no JSON white space, or {@code to}. */
  static int spaceEnd(byte[] bytes, int at, int to) {
    // Providers send compact JSON: there is nearly never any.
    return at < to && bytes[at] > ' ' ? at : anySpaceEnd(bytes, at, to);
  }

  private static int anySpaceEnd(byte[] bytes, int at, int to) {
    int i = at;
    while (i < to && isSpace(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}

package io.jethproxy.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks whether bytes that come piece by piece are UTF-8, RFC 3629; finds out at the first that is
 * not.
 */
final class Utf8Text {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Bytes that the character needs yet. */
  private int missing;

  /** What the next byte may be: after some first bytes it is less than others. */
  private int least = 0x80;

  private int most = 0xbf;

  /** Whether all is well so far. */
  boolean accepts(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (missing == 0) {
        at = asciiEnd(bytes, at, to);
        if (at < to && !begin(bytes[at++] & 0xff)) {
          return false;
        }
      } else if (!goOn(bytes[at++] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text ends with a whole character. */
  boolean isWhole() {
    return missing == 0;
  }

  /** Begins another text. */
  void reset() {
    missing = 0;
    least = 0x80;
    most = 0xbf;
  }

  static boolean isWholly(byte[] bytes, int from, int to) {
    Utf8Text text = new Utf8Text();
    return text.accepts(bytes, from, to) && text.isWhole();
  }

  private static int asciiEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at + 8 <= to && ((long) WORDS.get(bytes, at) & HIGH_BITS) == 0) {
      at += 8;
    }
    while (at < to && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  private boolean begin(int first) {
    if (first < 0xc2 || first > 0xf4) {
      return false;
    }
    missing = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return true;
  }

  private boolean goOn(int next) {
    if (next < least || next > most) {
      return false;
    }
    missing--;
    least = 0x80;
    most = 0xbf;
    return true;
  }
}

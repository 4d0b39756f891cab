package io.jethproxy.observe;

import java.nio.charset.StandardCharsets;

/** A line under construction: plain pieces of our own, and texts from elsewhere, made harmless. */
final class LineBuffer {

  private static final String CUT = "…";
  private static final int CUT_BYTES = 3;

  /** For half a surrogate pair, which many JSON readers refuse even when it is escaped. */
  private static final char REPLACEMENT = 0xfffd;

  /** How characters that could end a line, move a cursor or hide text are written. */
  enum Escape {
    /** {@code \x1b}; a line feed becomes a bar, as stack traces have many. */
    STACK,
    /** {@code \x1b}. */
    TEXT,
    /** As TEXT, and quotes and backslashes have a backslash before them. */
    QUOTED,
    JSON
  }

  private final StringBuilder line = new StringBuilder(256);

  LineBuffer plain(String ours) {
    line.append(ours);
    return this;
  }

  /** Appends text in at most {@code bytesMax} bytes of UTF-8; returns the bytes that were used. */
  int text(String text, int bytesMax, Escape escape) {
    int room = bytesMax - CUT_BYTES;
    int used = 0;
    for (int i = 0; i < text.length(); ) {
      int plain = Math.min(plainEnd(text, i), i + room - used);
      line.append(text, i, plain);
      used += plain - i;
      i = plain;
      if (i < text.length()) {
        String written = written(text, i, escape);
        int bytes = written.getBytes(StandardCharsets.UTF_8).length;
        if (used + bytes > room) {
          line.append(CUT);
          return used + CUT_BYTES;
        }
        line.append(written);
        used += bytes;
        i += isPairAt(text, i) ? 2 : 1;
      }
    }
    return used;
  }

  /** What is there so far. */
  @Override
  public String toString() {
    return line.toString();
  }

  byte[] finish() {
    return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isPairAt(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  /** Where the run of characters ends that are the same in every form: most of most lines. */
  private static int plainEnd(String text, int from) {
    int i = from;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  }

  /** How the character, or the surrogate pair, at the index is written. */
  private static String written(String text, int i, Escape escape) {
    if (isPairAt(text, i)) {
      return text.substring(i, i + 2);
    }
    char c = text.charAt(i);
    if (!isHarmful(c)) {
      boolean quotes = escape == Escape.QUOTED || escape == Escape.JSON;
      return quotes && (c == '"' || c == '\\') ? "\\" + c : String.valueOf(c);
    }
    return switch (escape) {
      case JSON -> c == '\n' ? "\\n" : "\\u" + hex(Character.isSurrogate(c) ? REPLACEMENT : c, 4);
      case STACK -> c == '\n' ? " | " : escaped(c);
      case TEXT, QUOTED -> escaped(c);
    };
  }

  private static String escaped(char c) {
    return c < 0x100 ? "\\x" + hex(c, 2) : "\\u" + hex(c, 4);
  }

  private static String hex(char c, int digits) {
    String hex = Integer.toHexString(c);
    return "0".repeat(digits - hex.length()) + hex;
  }

  /**
   * Control characters, line and paragraph separators, invisible and direction marks, half pairs.
   */
  private static boolean isHarmful(char c) {
    return c < 0x20
        || (c >= 0x7f && c < 0xa0)
        || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f)
        || c == 0xfeff
        || (c >= 0xfff9 && c <= 0xfffb)
        || Character.isSurrogate(c);
  }
}

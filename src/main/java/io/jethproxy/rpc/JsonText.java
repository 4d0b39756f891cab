package io.jethproxy.rpc;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Text as a JSON string, and back. */
public final class JsonText {

  private static final HexFormat HEX = HexFormat.of();

  private JsonText() {}

  /**
   * The text as a JSON string, in quotes. What cannot stand in one is escaped; so are lone
   * surrogates, which UTF-8 cannot carry, and U+2028 and U+2029, which break lines in JavaScript
   * and in log viewers.
   */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == '\u2028' || c == '\u2029' || isLoneSurrogate(text, i)) {
            quoted.append("\\u").append(HEX.toHexDigits(c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isLoneSurrogate(String text, int index) {
    char c = text.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
  }

  /**
   * The text of a JSON string.
   *
   * @param string a valid JSON string, in quotes
   */
  public static String unquote(RawJson string) {
    return unescape(string.bytes(), string.from() + 1, string.to() - 1);
  }

  /** The text of what stands between the quotes of a valid JSON string. */
  static String unescape(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    int backslash = text.indexOf('\\');
    if (backslash < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    int copied = 0;
    while (backslash >= 0) {
      plain.append(text, copied, backslash);
      char escape = text.charAt(backslash + 1);
      copied = backslash + 2;
      if (escape == 'u') {
        copied += 4;
        plain.append((char) HexFormat.fromHexDigits(text, backslash + 2, copied));
      } else {
        plain.append(unescaped(escape));
      }
      backslash = text.indexOf('\\', copied);
    }
    return plain.append(text, copied, text.length()).toString();
  }

  private static char unescaped(char escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escape;
    };
  }
}

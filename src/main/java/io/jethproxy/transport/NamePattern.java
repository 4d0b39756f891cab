package io.jethproxy.transport;

import java.util.Locale;

/**
 * A method's name, or the beginning of names: {@code eth_call}, {@code debug_trace*}.
 *
 * @param text lower case, without the star
 * @param open whether names may go on
 */
record NamePattern(String text, boolean open) {

  static NamePattern of(String source) {
    if (!source.equals(source.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("method \"" + source + "\" (expected: lower case)");
    }
    boolean open = source.endsWith("*");
    return new NamePattern(open ? source.substring(0, source.length() - 1) : source, open);
  }

  /** Whether a method fits; its name must be in lower case. */
  boolean fits(String method) {
    return open ? method.startsWith(text) : method.equals(text);
  }
}

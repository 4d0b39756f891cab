package io.jethproxy.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** The checks that several records need, all with the same form of message. */
final class Bounds {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_%-]{1,253}");

  private Bounds() {}

  static void host(String name, String value) {
    if (!HOST.matcher(value).matches()) {
      throw new IllegalArgumentException(
          name + ": " + Shown.text(value) + " (expected: an address or a host's name)");
    }
  }

  static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }

  static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + ": " + plain(value) + " (expected: " + plain(least) + ".." + plain(most) + ")");
    }
  }

  /** A number as people write it: 5 and 0.25, not 5.0. */
  static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}

package io.jethproxy.config;

import java.util.regex.Pattern;

/** How much of what a user wrote may stand in a message: too little to be a key. */
final class Shown {

  private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9 _.+*-]{1,20}");
  private static final Pattern HARMLESS_NAME = Pattern.compile("[A-Za-z_-]{1,30}");

  private Shown() {}

  /** The text in quotes if it is short and plain, else only its length. */
  static String text(String text) {
    if (text.isEmpty()) {
      return "nothing";
    }
    return HARMLESS.matcher(text).matches()
        ? "'" + text + "'"
        : "a text of " + text.length() + " characters";
  }

  /** The name of a key if it looks like one. */
  static String name(String name) {
    return HARMLESS_NAME.matcher(name).matches() ? name : "(a key that is not shown)";
  }

  /** A library's complaint without the words that may come from the file. */
  static String complaint(String complaint) {
    StringBuilder shown = new StringBuilder();
    for (String word : complaint.split("\\s+", -1)) {
      boolean harmless = word.length() <= 16 && !word.contains("://");
      shown.append(shown.isEmpty() ? "" : " ").append(harmless ? word : "…");
    }
    return shown.toString();
  }
}

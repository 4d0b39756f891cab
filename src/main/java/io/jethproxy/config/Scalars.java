package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Turns one text into one value of the type that a record wants. */
final class Scalars {

  private Scalars() {}

  /** Says in {@link #getMessage} what was expected, and nothing of what came. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String expected) {
      super(expected, null, false, false);
    }
  }

  static Object read(Class<?> type, String text) throws Unreadable {
    if (type == String.class) {
      return text;
    } else if (type == Secret.class) {
      return new Secret(text);
    } else if (type == boolean.class) {
      return truth(text);
    } else if (type == int.class) {
      return whole(text);
    } else if (type == double.class) {
      return number(text);
    } else if (type == Path.class) {
      return path(text);
    } else if (type.isEnum()) {
      return constant(type, text);
    }
    throw new IllegalStateException("no way to read a " + type.getName());
  }

  private static boolean truth(String text) throws Unreadable {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Unreadable("true or false");
    };
  }

  private static int whole(String text) throws Unreadable {
    if (!text.matches("-?[0-9](_?[0-9]){0,17}")) {
      throw new Unreadable("a whole number");
    }
    long value = Long.parseLong(text.replace("_", ""));
    if (value != (int) value) {
      throw new Unreadable("a whole number below 2147483648");
    }
    return (int) value;
  }

  private static double number(String text) throws Unreadable {
    if (!text.matches("-?([0-9]{1,15}(\\.[0-9]{1,15})?|\\.[0-9]{1,15})")) {
      throw new Unreadable("a number, such as 5 or 2.5");
    }
    return Double.parseDouble(text);
  }

  private static Path path(String text) throws Unreadable {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Unreadable("a file's path");
    }
  }

  private static Object constant(Class<?> type, String text) throws Unreadable {
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new Unreadable("one of " + constants(type));
  }

  static String constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}

package io.jethproxy.eth;

import io.jethproxy.rpc.JsonTokens;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds elements and members in JSON that is already known to be valid, without building anything.
 * Only safe on valid JSON: it counts brackets and steps over strings.
 */
public final class Slices {

  private Slices() {}

  /** Sees the members of an object. */
  public interface Members {
    /**
     * One member.
     *
     * @param key the key as written, without its quotes
     */
    void see(RawJson key, RawJson value);
  }

  /** The element at the index; absent when the value is no array or too short. */
  public static RawJson element(RawJson array, int index) {
    if (array.first() != '[') {
      return RawJson.ABSENT;
    }
    byte[] bytes = array.bytes();
    int at = skipBlanks(bytes, array.from() + 1);
    for (int i = 0; bytes[at] != ']'; i++) {
      int end = skipValue(bytes, at);
      if (i == index) {
        return new RawJson(bytes, at, end);
      }
      at = nextValue(bytes, end);
    }
    return RawJson.ABSENT;
  }

  /**
   * The last element of an array; absent when there is none, or the value is no array. Looks no
   * further from the end than there: outside of strings a quote that is met on the way back ends
   * one, and the nearest before it that is not escaped begins it.
   */
  public static RawJson last(RawJson array) {
    if (array.first() != '[' || isEmpty(array)) {
      return RawJson.ABSENT;
    }
    byte[] bytes = array.bytes();
    int end = array.to() - 1;
    while (isBlank(bytes[end - 1])) {
      end--;
    }
    return new RawJson(bytes, valueStart(bytes, end), end);
  }

  /** The index of the value that ends before {@code end}. */
  private static int valueStart(byte[] bytes, int end) {
    int depth = 0;
    int at = end;
    do {
      at--;
      switch (bytes[at]) {
        case '"' -> at = stringStart(bytes, at);
        case ']', '}' -> depth++;
        case '[', '{' -> depth--;
        default -> {}
      }
    } while (depth > 0 || !isValueStart(bytes, at));
    return at;
  }

  private static int stringStart(byte[] bytes, int closingQuote) {
    int at = closingQuote - 1;
    while (bytes[at] != '"' || isEscapedAt(bytes, at)) {
      at--;
    }
    return at;
  }

  private static boolean isEscapedAt(byte[] bytes, int at) {
    int first = at;
    while (bytes[first - 1] == '\\') {
      first--;
    }
    return (at - first) % 2 == 1;
  }

  /** Whether what stands before is no part of the same literal. */
  private static boolean isValueStart(byte[] bytes, int at) {
    return bytes[at - 1] == '[' || bytes[at - 1] == ',' || isBlank(bytes[at - 1]);
  }

  /** Whether an array or object has nothing in it. */
  public static boolean isEmpty(RawJson container) {
    byte first = container.bytes()[skipBlanks(container.bytes(), container.from() + 1)];
    return first == ']' || first == '}';
  }

  /** All elements of an array in order; none when the value is no array. */
  public static List<RawJson> elements(RawJson array) {
    List<RawJson> elements = new ArrayList<>();
    if (array.first() != '[') {
      return elements;
    }
    byte[] bytes = array.bytes();
    int at = skipBlanks(bytes, array.from() + 1);
    while (bytes[at] != ']') {
      int end = skipValue(bytes, at);
      elements.add(new RawJson(bytes, at, end));
      at = nextValue(bytes, end);
    }
    return elements;
  }

  /** Sees the objects of an array in order: first its members, then its end. */
  public interface Objects extends Members {
    /** An object has ended; false leaves out the rest. */
    boolean end(RawJson object);
  }

  /**
   * Shows the objects of an array in order, looking at every byte once; false when the value is no
   * array of objects, or the rest was left out.
   */
  public static boolean objects(RawJson array, Objects objects) {
    if (array.first() != '[') {
      return false;
    }
    byte[] bytes = array.bytes();
    int at = skipBlanks(bytes, array.from() + 1);
    while (bytes[at] != ']') {
      if (bytes[at] != '{') {
        return false;
      }
      int end = membersEnd(bytes, at, objects);
      if (!objects.end(new RawJson(bytes, at, end))) {
        return false;
      }
      at = nextValue(bytes, end);
    }
    return true;
  }

  /**
   * The value of the first member whose key is written so; absent when there is none, or the value
   * is no object. Looks no further than there.
   */
  public static RawJson member(RawJson object, String key) {
    if (object.first() != '{') {
      return RawJson.ABSENT;
    }
    byte[] bytes = object.bytes();
    int at = skipBlanks(bytes, object.from() + 1);
    while (bytes[at] != '}') {
      int keyEnd = skipValue(bytes, at);
      int from = skipBlanks(bytes, skipBlanks(bytes, keyEnd) + 1);
      int end = skipValue(bytes, from);
      if (isWritten(bytes, at + 1, keyEnd - 1, key)) {
        return new RawJson(bytes, from, end);
      }
      at = nextValue(bytes, end);
    }
    return RawJson.ABSENT;
  }

  static boolean isWritten(byte[] bytes, int from, int to, String ascii) {
    if (to - from != ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Shows every member of an object in order. */
  public static void members(RawJson object, Members members) {
    membersEnd(object.bytes(), object.from(), members);
  }

  private static int membersEnd(byte[] bytes, int from, Members members) {
    int at = skipBlanks(bytes, from + 1);
    while (bytes[at] != '}') {
      int keyEnd = skipValue(bytes, at);
      int valueFrom = skipBlanks(bytes, skipBlanks(bytes, keyEnd) + 1);
      int valueEnd = skipValue(bytes, valueFrom);
      members.see(new RawJson(bytes, at + 1, keyEnd - 1), new RawJson(bytes, valueFrom, valueEnd));
      at = nextValue(bytes, valueEnd);
    }
    return at + 1;
  }

  /** The characters between the quotes as written; absent when the value is no string. */
  public static RawJson content(RawJson value) {
    return value.first() == '"'
        ? new RawJson(value.bytes(), value.from() + 1, value.to() - 1)
        : RawJson.ABSENT;
  }

  /** The quantity in a string; {@link Hex#NO_QUANTITY} when the value is none. */
  public static long quantity(RawJson value) {
    RawJson text = content(value);
    return Hex.quantity(text.bytes(), text.from(), text.to());
  }

  /** The 32 bytes of data in a string; empty when the value is no such string. */
  public static Optional<Hash> hash(RawJson value) {
    RawJson text = content(value);
    return Hash.read(text.bytes(), text.from(), text.to());
  }

  /** The data in a string; empty when the value is no such string. */
  public static Optional<byte[]> data(RawJson value) {
    RawJson text = content(value);
    return Hex.data(text.bytes(), text.from(), text.to());
  }

  /** Whether the characters of a string hold an escape, so that they do not mean themselves. */
  public static boolean isEscaped(RawJson content) {
    for (int i = content.from(); i < content.to(); i++) {
      if (content.bytes()[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** The next value, key or closing bracket after a value that ends at {@code end}. */
  static int nextValue(byte[] bytes, int end) {
    int at = skipBlanks(bytes, end);
    return bytes[at] == ',' ? skipBlanks(bytes, at + 1) : at;
  }

  /** The index after the value that starts at {@code at}. */
  static int skipValue(byte[] bytes, int at) {
    return switch (bytes[at]) {
      case '"' -> skipString(bytes, at);
      case '[', '{' -> skipNested(bytes, at);
      default -> skipLiteral(bytes, at);
    };
  }

  private static int skipNested(byte[] bytes, int from) {
    int depth = 0;
    int at = from;
    do {
      switch (bytes[at]) {
        case '"' -> at = skipString(bytes, at) - 1;
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        default -> {}
      }
      at++;
    } while (depth > 0);
    return at;
  }

  private static int skipString(byte[] bytes, int from) {
    return JsonTokens.stringEnd(bytes, from + 1, bytes.length);
  }

  private static int skipLiteral(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && !endsLiteral(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean endsLiteral(byte c) {
    return c == ',' || c == ']' || c == '}' || isBlank(c);
  }

  static int skipBlanks(byte[] bytes, int from) {
    int at = from;
    while (isBlank(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}

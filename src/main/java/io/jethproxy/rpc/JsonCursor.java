package io.jethproxy.rpc;

import static io.jethproxy.rpc.JsonTokens.numberEnd;
import static io.jethproxy.rpc.JsonTokens.spaceEnd;
import static io.jethproxy.rpc.JsonTokens.stringEnd;
import static io.jethproxy.rpc.JsonTokens.wordEnd;

import org.jspecify.annotations.Nullable;

/**
 * Walks over one JSON document in bytes, front to back, checking every byte against RFC 8259 and
 * building nothing: values come out as slices.
 *
 * <p>A failure sticks. After the first, every walk ends and every value is absent, and {@link
 * #problem()} says what was found where; so a reader loops without checking and asks {@link
 * #failed()} once. Nothing recurses: depth costs no stack. For one thread at a time.
 */
public final class JsonCursor {

  /** No cursor goes deeper than this, whatever it is asked for. */
  public static final int DEPTH_MAX = 1024;

  /** Longer names, if escaped, cannot spell a name that anybody asks for. */
  private static final int ESCAPED_NAME_BYTES_MAX = 256;

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final int depthMax;
  private final int numberBytesMax;

  /** One bit per depth: set where an object was opened by {@link #skip}, clear for an array. */
  private final long[] objects;

  private int at;
  private int depth;
  private int elements;

  /** Whether a container was just entered, so that no comma may come next. */
  private boolean fresh;

  private int nameFrom;
  private int nameTo;
  private boolean nameEscaped;

  /** Of elements that are objects, at one depth only: so none is deeper than what was learnt. */
  private @Nullable Moulds moulds;

  private int mouldsDepth;

  /** Where the object began that the moulds do not know; negative without one. */
  private int strangerFrom = -1;

  private int strangerDepth;

  private boolean failed;
  private int failedAt;
  private String wanted = "";

  /**
   * A cursor before the first byte.
   *
   * @param depthMax how many arrays and objects may be open at once, 1..{@value #DEPTH_MAX}
   * @param numberBytesMax how long one number may be
   */
  public JsonCursor(byte[] bytes, int from, int to, int depthMax, int numberBytesMax) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.depthMax = depthMax;
    this.numberBytesMax = numberBytesMax;
    this.objects = new long[(depthMax >>> 6) + 1];
    this.at = from;
  }

  /** A cursor over one value, such as a slice that another cursor took, with no limit but depth. */
  public static JsonCursor over(RawJson value) {
    return new JsonCursor(value.bytes(), value.from(), value.to(), DEPTH_MAX, Integer.MAX_VALUE);
  }

  /** The first byte of what comes next, which tells the kind of a value; 0 at the end. */
  public byte first() {
    at = spaceEnd(bytes, at, to);
    return byteAt(at);
  }

  /** Goes into the array that comes next. */
  public void enterArray() {
    enter('[', "an array");
  }

  /** Goes into the object that comes next. */
  public void enterObject() {
    enter('{', "an object");
  }

  private void enter(char opening, String expected) {
    if (first() != opening) {
      fail(at, expected);
    } else if (depth == depthMax) {
      failTooDeep(at);
    } else {
      depth++;
      at++;
      fresh = true;
    }
  }

  /** Goes to the next element of the array; false after the last one, which leaves the array. */
  public boolean nextElement() {
    return next(']', "a comma or the end of an array");
  }

  /**
   * Goes to the next member's value; false after the last one, which leaves the object. Its name
   * can be asked for until the value is taken.
   */
  public boolean nextMember() {
    if (!next('}', "a comma or the end of an object")) {
      return false;
    }
    int value = memberStart(at);
    if (value < 0) {
      return false;
    }
    nameEscaped = isEscaped(nameFrom, nameTo);
    at = value;
    return true;
  }

  private boolean next(char closing, String expected) {
    byte b = first();
    boolean isFirst = fresh;
    fresh = false;
    if (failed) {
      return false;
    }
    if (b == closing) {
      depth--;
      at++;
      return false;
    }
    if (isFirst) {
      return true;
    }
    if (b != ',') {
      fail(at, expected);
      return false;
    }
    at++;
    return true;
  }

  private boolean isEscaped(int start, int end) {
    for (int i = start; i < Math.min(end, start + ESCAPED_NAME_BYTES_MAX); i++) {
      if (bytes[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** Length of the member's name in bytes, as it stands there, without the quotes. */
  public int nameBytes() {
    return nameTo - nameFrom;
  }

  /** Whether the member has this name, however it is spelled. */
  public boolean nameIs(String ascii) {
    if (nameEscaped) {
      return nameBytes() <= ESCAPED_NAME_BYTES_MAX && name().equals(ascii);
    }
    return nameBytes() == ascii.length() && wordEnd(bytes, nameFrom, nameTo, ascii) == nameTo;
  }

  /** The member's name, unescaped. */
  public String name() {
    return JsonText.unescape(bytes, nameFrom, nameTo);
  }

  /** Takes the value that comes next; absent after a failure. */
  public RawJson value() {
    first();
    int start = at;
    skip();
    return failed ? RawJson.ABSENT : new RawJson(bytes, start, at);
  }

  /** Takes the array that comes next; {@link #elements} then says how many it has. */
  public RawJson array() {
    first();
    int start = at;
    elements = 0;
    enterArray();
    while (nextElement()) {
      skip();
      elements++;
    }
    return failed ? RawJson.ABSENT : new RawJson(bytes, start, at);
  }

  /** The elements of the array that was taken last. */
  public int elements() {
    return elements;
  }

  /** Goes past the value that comes next, checking all of it. */
  public void skip() {
    int base = depth;
    int i = valueEnd(at);
    while (i >= 0 && depth > base) {
      i = spaceEnd(bytes, i, to);
      byte b = byteAt(i);
      boolean inObject = (objects[depth >>> 6] & 1L << depth) != 0;
      if (b == ',') {
        i = inObject ? memberEnd(i + 1) : nextElementEnd(i);
      } else if (b == (inObject ? '}' : ']')) {
        forgetStranger();
        depth--;
        i++;
      } else {
        i =
            fail(
                i, inObject ? "a comma or the end of an object" : "a comma or the end of an array");
      }
    }
    if (i >= 0) {
      at = i;
    }
  }

  /** The end of the element behind a comma, which is often like one before it. */
  private int nextElementEnd(int comma) {
    learn(comma);
    int start = spaceEnd(bytes, comma + 1, to);
    if (byteAt(start) != '{') {
      return valueEnd(start);
    }
    int end = moulds == null || mouldsDepth != depth ? -1 : moulds.end(start, to);
    if (end < 0) {
      strangerFrom = start;
      strangerDepth = depth;
    }
    return end < 0 ? valueEnd(start) : end;
  }

  /** Only what has gone on to another element was worth it. */
  private void learn(int comma) {
    if (strangerFrom < 0 || strangerDepth != depth) {
      return;
    }
    if (moulds == null) {
      moulds = new Moulds(bytes);
    }
    if (mouldsDepth != depth) {
      moulds.forget();
      mouldsDepth = depth;
    }
    moulds.learn(strangerFrom, comma);
    strangerFrom = -1;
  }

  private void forgetStranger() {
    if (strangerDepth == depth) {
      strangerFrom = -1;
    }
  }

  private int memberEnd(int start) {
    int value = memberStart(start);
    return value < 0 ? value : valueEnd(value);
  }

  /** The end of a string, which most values are; of others see {@link #firstLeafEnd}. */
  private int valueEnd(int start) {
    if (byteAt(start) != '"') {
      return firstLeafEnd(start);
    }
    int end = stringEnd(bytes, start + 1, to);
    return end >= 0 ? end : fail(~end, "the rest of a string");
  }

  /**
   * Opens containers from {@code start} down to the first value that is none, and goes past it; or
   * down to an empty container, and stops before its end. Negative after a failure.
   */
  private int firstLeafEnd(int start) {
    int i = start;
    while (i >= 0) {
      i = spaceEnd(bytes, i, to);
      byte b = byteAt(i);
      if (b != '{' && b != '[') {
        return scalarEnd(i, b);
      }
      if (depth == depthMax) {
        return failTooDeep(i);
      }
      open(b == '{');
      i = spaceEnd(bytes, i + 1, to);
      if (byteAt(i) == (b == '{' ? '}' : ']')) {
        return i;
      }
      if (b == '{') {
        i = memberStart(i);
      }
    }
    return i;
  }

  private void open(boolean object) {
    depth++;
    if (object) {
      objects[depth >>> 6] |= 1L << depth;
    } else {
      objects[depth >>> 6] &= ~(1L << depth);
    }
  }

  /** Goes past a member's name and colon. */
  private int memberStart(int start) {
    int quote = spaceEnd(bytes, start, to);
    if (byteAt(quote) != '"') {
      return fail(quote, "a member's name");
    }
    int end = stringEnd(bytes, quote + 1, to);
    if (end < 0) {
      return fail(~end, "the rest of a name");
    }
    nameFrom = quote + 1;
    nameTo = end - 1;
    int colon = spaceEnd(bytes, end, to);
    return byteAt(colon) == ':' ? colon + 1 : fail(colon, "a colon");
  }

  private int scalarEnd(int start, byte first) {
    return switch (first) {
      case '"' -> ended(stringEnd(bytes, start + 1, to), "the rest of a string");
      case 't' -> ended(wordEnd(bytes, start, to, "true"), "true");
      case 'f' -> ended(wordEnd(bytes, start, to, "false"), "false");
      case 'n' -> ended(wordEnd(bytes, start, to, "null"), "null");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        int end = ended(numberEnd(bytes, start, to), "the rest of a number");
        yield end - start <= numberBytesMax
            ? end
            : fail(start, "a number of at most " + numberBytesMax + " characters");
      }
      default -> fail(start, "a value");
    };
  }

  private int ended(int end, String expected) {
    return end >= 0 ? end : fail(~end, expected);
  }

  /** Whether the whole input was one valid document: nothing failed, and only space is left. */
  public boolean isComplete() {
    if (first() != 0 || at < to) {
      fail(at, "the end");
    }
    return !failed;
  }

  public boolean failed() {
    return failed;
  }

  /** What was found where, and what was wanted; no text of the input but one byte. */
  public String problem() {
    String found = failedAt < to ? "0x%02x".formatted(bytes[failedAt] & 0xff) : "the end";
    return "byte " + (failedAt - from) + ": " + found + " (expected: " + wanted + ")";
  }

  private int failTooDeep(int position) {
    return fail(position, "at most " + depthMax + " arrays and objects open");
  }

  private int fail(int position, String expected) {
    if (!failed) {
      failed = true;
      failedAt = position;
      wanted = expected;
    }
    at = to;
    return -1;
  }

  /** The byte there, or 0, which is never valid between tokens, past the end. */
  private byte byteAt(int position) {
    return position < to ? bytes[position] : 0;
  }
}

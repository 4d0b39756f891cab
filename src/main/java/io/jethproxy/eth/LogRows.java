package io.jethproxy.eth;

import io.jethproxy.rpc.JsonTokens;
import io.jethproxy.rpc.RawJson;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Goes through the logs of an array, one after the other, and says where the fields of each stand.
 * Builds nothing, as an answer may have thousands. Only for JSON that is known to be valid; not
 * thread-safe.
 *
 * <p>A node writes the members of all its logs in the same order. So the first log is read in full
 * and leaves a pattern: the bytes between its values, which hold the keys. Where those of a later
 * log are the same, its keys are, since how valid JSON is read on depends on nothing but the bytes
 * that come next; where they are not, that log is read in full and leaves the next pattern. A
 * string that is written as the one before it ends where that did, for the same reason. Keys mean
 * what they mean to {@link Slices}: as they are written, and the last one of several counts.
 */
public final class LogRows {

  /** What is looked for in a log. */
  public enum Field {
    ADDRESS("address"),
    TOPICS("topics"),
    BLOCK_NUMBER("blockNumber"),
    BLOCK_HASH("blockHash"),
    LOG_INDEX("logIndex");

    private static final Field[] ALL = values();

    private final String key;

    Field(String key) {
      this.key = key;
    }
  }

  /** Objects with more members, or with a field twice, are read in full, each. */
  private static final int MEMBERS_MAX = 24;

  /** Topics whose places are kept; those of logs with more are looked for one by one. */
  private static final int TOPICS_KEPT = 4;

  private static final int HASH_CHARACTERS = 66;
  private static final long BITS_6 = 0x4040404040404040L;
  private static final int NO_PATTERN = -1;
  private static final int NOT_SO = -1;
  private static final int NO_FIELD = -1;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;
  private boolean isStrange;

  private final int[] from = new int[Field.ALL.length];
  private final int[] to = new int[Field.ALL.length];
  private final boolean[] repeated = new boolean[Field.ALL.length];
  private final int[] topicFrom = new int[TOPICS_KEPT];
  private final int[] topicTo = new int[TOPICS_KEPT];

  /** How many places of topics are kept; negative when they are not. */
  private int topics = NOT_SO;

  /** Of the pattern; negative without one. */
  private int members = NO_PATTERN;

  private final int[] gapFrom = new int[MEMBERS_MAX + 1];
  private final int[] gapTo = new int[MEMBERS_MAX + 1];
  private final int[] fieldOf = new int[MEMBERS_MAX];

  /** Before the first log of an array; there is none in a value that is no array. */
  public LogRows(RawJson array) {
    bytes = array.bytes();
    isStrange = array.first() != '[';
    at = isStrange ? array.from() : Slices.skipBlanks(bytes, array.from() + 1);
  }

  /** Goes to the next log; false after the last, and at what is no object. */
  public boolean next() {
    if (isStrange || bytes[at] == ']') {
      return false;
    }
    if (bytes[at] != '{') {
      isStrange = true;
      return false;
    }
    int end = members == NO_PATTERN ? NOT_SO : endByPattern(at);
    at = Slices.nextValue(bytes, end == NOT_SO ? endInFull(at) : end);
    return true;
  }

  /** Whether there was something else than logs, which ends them. */
  public boolean isStrange() {
    return isStrange;
  }

  /** The value of the log's field; absent when it has none. */
  public RawJson value(Field field) {
    int i = field.ordinal();
    return from[i] == to[i] ? RawJson.ABSENT : new RawJson(bytes, from[i], to[i]);
  }

  /** The quantity in the log's field; {@link Hex#NO_QUANTITY} when there is none. */
  public long quantity(Field field) {
    int start = from[field.ordinal()];
    int end = to[field.ordinal()];
    return start < end && bytes[start] == '"'
        ? Hex.quantity(bytes, start + 1, end - 1)
        : Hex.NO_QUANTITY;
  }

  /** Whether the field's value is a string, written as in the log before this one. */
  public boolean isRepeated(Field field) {
    return repeated[field.ordinal()];
  }

  /** The topic at the index; absent when the log has fewer. */
  public RawJson topic(int index) {
    if (topics < 0) {
      return Slices.element(value(Field.TOPICS), index);
    }
    return index < topics ? new RawJson(bytes, topicFrom[index], topicTo[index]) : RawJson.ABSENT;
  }

  /** Whether the topic at the index is written like that, with its quotes. */
  public boolean isTopic(int index, RawJson text) {
    if (index >= topics) {
      return topics < 0 && topic(index).equals(text);
    }
    return Arrays.equals(
        bytes, topicFrom[index], topicTo[index], text.bytes(), text.from(), text.to());
  }

  /** The end of a log whose members are those of the pattern; negative when they are not. */
  private int endByPattern(int start) {
    int i = start;
    for (int member = 0; member < members; member++) {
      int value = gapEnd(i, member);
      if (value == NOT_SO) {
        return NOT_SO;
      }
      int field = fieldOf[member];
      i = field == NO_FIELD ? valueEnd(value) : see(field, value);
    }
    return gapEnd(i, members);
  }

  /** The end of the bytes between two values if they are those of the pattern. */
  private int gapEnd(int start, int gap) {
    int length = gapTo[gap] - gapFrom[gap];
    return isSame(start, gapFrom[gap], length) ? start + length : NOT_SO;
  }

  /** The end of a log whose members may be any, which leaves a pattern if they are not too many. */
  private int endInFull(int start) {
    Arrays.fill(from, 0);
    Arrays.fill(to, 0);
    topics = NOT_SO;
    boolean isTwice = false;
    int count = 0;
    int gap = start;
    int i = Slices.skipBlanks(bytes, start + 1);
    while (bytes[i] != '}') {
      int keyEnd = JsonTokens.stringEnd(bytes, i + 1, bytes.length);
      int value = Slices.skipBlanks(bytes, Slices.skipBlanks(bytes, keyEnd) + 1);
      int field = fieldAt(i + 1, keyEnd - 1);
      if (count < MEMBERS_MAX) {
        gapFrom[count] = gap;
        gapTo[count] = value;
        fieldOf[count] = field;
      }
      count++;
      isTwice |= field != NO_FIELD && from[field] > 0;
      gap = field == NO_FIELD ? valueEnd(value) : see(field, value);
      i = Slices.nextValue(bytes, gap);
    }
    int last = Math.min(count, MEMBERS_MAX);
    gapFrom[last] = gap;
    gapTo[last] = i + 1;
    members = count <= MEMBERS_MAX && !isTwice ? count : NO_PATTERN;
    Arrays.fill(repeated, false); // what was seen may be the same key's in this log
    return i + 1;
  }

  private int fieldAt(int start, int end) {
    for (Field field : Field.ALL) {
      if (Slices.isWritten(bytes, start, end, field.key)) {
        return field.ordinal();
      }
    }
    return NO_FIELD;
  }

  /** Notes where a field's value stands; answers its end. */
  private int see(int field, int value) {
    int before = from[field];
    int length = to[field] - before;
    boolean isSame = length > 0 && bytes[before] == '"' && isSame(value, before, length);
    int end = isSame ? value + length : ordinaryEnd(field, value);
    repeated[field] = isSame;
    from[field] = value;
    to[field] = end;
    return end;
  }

  private int ordinaryEnd(int field, int value) {
    return field == Field.TOPICS.ordinal() ? topicsEnd(value) : valueEnd(value);
  }

  private int valueEnd(int value) {
    return bytes[value] == '"' ? stringEnd(value) : Slices.skipValue(bytes, value);
  }

  /**
   * Most of what is here are hashes: whether it is one is found out without a look at each byte.
   */
  private int stringEnd(int quote) {
    int end = quote + HASH_CHARACTERS + 2;
    return end <= bytes.length && bytes[end - 1] == '"' && !isAnyOdd(quote + 1)
        ? end
        : JsonTokens.stringEnd(bytes, quote + 1, bytes.length);
  }

  /**
   * Whether a quote or a backslash may be among the characters of what should be a hash. Of the
   * bits 6, 5 and 4, those two have 010 and 101; hex digits and the x have 011, 100, 110 and 111,
   * in which two neighbours are the same.
   */
  private boolean isAnyOdd(int start) {
    long one = odd(start) | odd(start + 8) | odd(start + 16) | odd(start + 24);
    long other =
        odd(start + 32) | odd(start + 40) | odd(start + 48) | odd(start + 56) | odd(start + 58);
    return ((one | other) & BITS_6) != 0;
  }

  private long odd(int index) {
    long word = word(index);
    long changes = word ^ (word << 1);
    return changes & (changes << 1);
  }

  /** Keeps the places of topics that are strings, not too many, and without blanks between. */
  private int topicsEnd(int value) {
    topics = NOT_SO;
    if (bytes[value] != '[') {
      return valueEnd(value);
    }
    int count = 0;
    int i = value + 1;
    while (count < TOPICS_KEPT && bytes[i] == '"') {
      topicFrom[count] = i;
      i = stringEnd(i);
      topicTo[count++] = i;
      if (bytes[i] == ']') {
        topics = count;
        return i + 1;
      }
      i++; // the comma, or a blank, behind which no quote is looked for
    }
    if (count == 0 && bytes[i] == ']') {
      topics = 0;
      return i + 1;
    }
    return valueEnd(value);
  }

  private boolean isSame(int one, int other, int length) {
    if (one + length > bytes.length) {
      return false;
    }
    if (length < Long.BYTES) {
      for (int i = 0; i < length; i++) {
        if (bytes[one + i] != bytes[other + i]) {
          return false;
        }
      }
      return true;
    }
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      if (word(one + i) != word(other + i)) {
        return false;
      }
    }
    return word(one + last) == word(other + last);
  }

  private long word(int index) {
    return (long) WORDS.get(bytes, index);
  }
}

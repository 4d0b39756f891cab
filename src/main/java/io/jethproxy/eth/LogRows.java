package io.jethproxy.eth;

import io.jethproxy.rpc.JsonTokens;
import io.jethproxy.rpc.Moulds;
import io.jethproxy.rpc.RawJson;
import java.util.Arrays;

/**
 * Goes through the logs of an array, one after the other, and says where the fields of each stand.
 * Builds nothing, as an answer may have thousands. Only for JSON that is known to be valid; not
 * thread-safe.
 *
 * <p>A node writes its logs alike. So those of a form that was read before are known by their
 * {@link Moulds}, and their fields stand where they did in that one; others are read in full. Keys
 * mean what they mean to {@link Slices}: as they are written, and the last one of several counts.
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

  /** Topics whose places are kept; those of logs with more are looked for one by one. */
  private static final int TOPICS_KEPT = 4;

  private static final int NOT_SO = -1;
  private static final int NO_FIELD = -1;

  /** Where things stand in all logs of one form, from their first byte on. */
  private static final class Form {
    private final int[] from = new int[Field.ALL.length];
    private final int[] to = new int[Field.ALL.length];
    private final int[] topicFrom = new int[TOPICS_KEPT];
    private final int[] topicTo = new int[TOPICS_KEPT];

    /** How many places of topics are kept; negative when they are not. */
    private int topics = NOT_SO;
  }

  private final byte[] bytes;
  private final Moulds moulds;
  private final Form[] forms = new Form[Moulds.MOULDS_MAX];
  private int at;
  private boolean isStrange;

  /** The log: where it begins, and its form. */
  private int log;

  private Form form = new Form();

  /** The log before it. */
  private int logBefore;

  private Form formBefore = form;

  /** Before the first log of an array; there is none in a value that is no array. */
  public LogRows(RawJson array) {
    bytes = array.bytes();
    moulds = new Moulds(bytes);
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
    logBefore = log;
    formBefore = form;
    log = at;
    int end = moulds.end(at, bytes.length);
    if (end < 0) {
      end = endInFull();
    } else {
      form = forms[moulds.current()];
    }
    at = Slices.nextValue(bytes, end);
    return true;
  }

  /** Whether there was something else than logs, which ends them. */
  public boolean isStrange() {
    return isStrange;
  }

  /** The value of the log's field; absent when it has none. */
  public RawJson value(Field field) {
    int i = field.ordinal();
    return form.from[i] == form.to[i]
        ? RawJson.ABSENT
        : new RawJson(bytes, log + form.from[i], log + form.to[i]);
  }

  /** The quantity in the log's field; {@link Hex#NO_QUANTITY} when there is none. */
  public long quantity(Field field) {
    int start = log + form.from[field.ordinal()];
    int end = log + form.to[field.ordinal()];
    return start < end && bytes[start] == '"'
        ? Hex.quantity(bytes, start + 1, end - 1)
        : Hex.NO_QUANTITY;
  }

  /** Whether the field's value is a string, written as in the log before this one. */
  public boolean isRepeated(Field field) {
    int i = field.ordinal();
    int start = log + form.from[i];
    return logBefore > 0
        && form.from[i] < form.to[i]
        && bytes[start] == '"'
        && Arrays.equals(
            bytes,
            start,
            log + form.to[i],
            bytes,
            logBefore + formBefore.from[i],
            logBefore + formBefore.to[i]);
  }

  /** The topic at the index; absent when the log has fewer. */
  public RawJson topic(int index) {
    if (form.topics < 0) {
      return Slices.element(value(Field.TOPICS), index);
    }
    return index < form.topics
        ? new RawJson(bytes, log + form.topicFrom[index], log + form.topicTo[index])
        : RawJson.ABSENT;
  }

  /** Whether the topic at the index is written like that, with its quotes. */
  public boolean isTopic(int index, RawJson text) {
    if (index >= form.topics) {
      return form.topics < 0 && topic(index).equals(text);
    }
    return Arrays.equals(
        bytes,
        log + form.topicFrom[index],
        log + form.topicTo[index],
        text.bytes(),
        text.from(),
        text.to());
  }

  /** The end of a log of any form, which is learnt. */
  private int endInFull() {
    Form found = new Form();
    int i = Slices.skipBlanks(bytes, log + 1);
    while (bytes[i] != '}') {
      int keyEnd = JsonTokens.stringEnd(bytes, i + 1, bytes.length);
      int value = Slices.skipBlanks(bytes, Slices.skipBlanks(bytes, keyEnd) + 1);
      int end = Slices.skipValue(bytes, value);
      int field = fieldAt(i + 1, keyEnd - 1);
      if (field != NO_FIELD) {
        found.from[field] = value - log;
        found.to[field] = end - log;
      }
      i = Slices.nextValue(bytes, end);
    }
    findTopics(found);
    form = found;
    int place = moulds.learn(log, i + 1);
    if (place >= 0) {
      forms[place] = found;
    }
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

  /** Keeps the places of topics that are strings, not too many, and without blanks between. */
  private void findTopics(Form found) {
    int topics = Field.TOPICS.ordinal();
    int end = log + found.to[topics] - 1;
    int i = log + found.from[topics];
    if (i > end || bytes[i++] != '[') {
      return;
    }
    int count = 0;
    while (count < TOPICS_KEPT && bytes[i] == '"') {
      found.topicFrom[count] = i - log;
      i = JsonTokens.stringEnd(bytes, i + 1, bytes.length);
      found.topicTo[count++] = i - log;
      if (i < end) {
        i++; // the comma, or a blank, behind which no quote is looked for
      }
    }
    found.topics = i == end ? count : NOT_SO;
  }
}

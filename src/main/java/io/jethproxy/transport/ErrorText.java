package io.jethproxy.transport;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;

/** Gathers the words of an error: message and data, or the beginning of a page. */
final class ErrorText {

  static final ErrorWords NONE = ErrorWords.of("");

  private ErrorText() {}

  /** Message and data. Data in hex is left out: it is what a contract returned. */
  static ErrorWords of(Fault fault) {
    RawJson data = fault.data();
    if (data.isAbsent() || data.isNull() || isHex(data)) {
      return ErrorWords.of(fault.message());
    }
    return ErrorWords.of(
        fault.message() + "\n" + unescaped(beginning(data.bytes(), data.from(), data.to())));
  }

  /**
   * The beginning of a body that is neither a reply nor an error in another form. JSON is not read:
   * a result that was cut off may say anything.
   */
  static ErrorWords of(byte[] bytes, int from, int to) {
    String text = beginning(bytes, from, to);
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[") ? NONE : ErrorWords.of(text);
  }

  private static boolean isHex(RawJson data) {
    return data.length() >= 4
        && data.bytes()[data.from()] == '"'
        && data.bytes()[data.from() + 1] == '0'
        && data.bytes()[data.from() + 2] == 'x';
  }

  private static String beginning(byte[] bytes, int from, int to) {
    int length = Math.min(to - from, ErrorWords.MAX_CHARS);
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  /** Enough for words: the escapes that would stick to them. */
  private static String unescaped(String json) {
    return json.replace("\\n", "\n").replace("\\t", " ").replace("\\r", " ");
  }
}

package io.jethproxy.rpc;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads errors of providers, the well-formed and the others. */
final class FaultReader {

  /** An error that is longer than this, outside of a reply, is a page and not an error. */
  private static final int LOOSE_BYTES_MAX = 65_536;

  /** An int in quotes. */
  private static final int CODE_BYTES_MAX = 13;

  private FaultReader() {}

  /**
   * The fault in an error member.
   *
   * @param error valid, an object or a string
   */
  static Fault read(RawJson error) {
    if (error.first() == '"') {
      return new Fault(0, JsonText.unquote(error));
    }
    RawJson code = RawJson.ABSENT;
    RawJson message = RawJson.ABSENT;
    RawJson data = RawJson.ABSENT;
    var cursor = JsonCursor.over(error);
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("code")) {
        code = cursor.value();
      } else if (cursor.nameIs("message")) {
        message = cursor.value();
      } else if (cursor.nameIs("data")) {
        data = cursor.value();
      } else {
        cursor.skip();
      }
    }
    return new Fault(code(code), text(message), data);
  }

  /** See {@link Wire#readLoose}. */
  static Optional<Fault> readLoose(byte[] bytes, int from, int to) {
    if (to - from > LOOSE_BYTES_MAX) {
      return Optional.empty();
    }
    var cursor = new JsonCursor(bytes, from, to, ReplyReader.DEPTH_MAX, Integer.MAX_VALUE);
    RawJson body = cursor.value();
    if (!cursor.isComplete()) {
      return Optional.empty();
    }
    return loose(body.first() == '[' ? firstElement(body) : body);
  }

  private static RawJson firstElement(RawJson array) {
    var cursor = JsonCursor.over(array);
    cursor.enterArray();
    return cursor.nextElement() ? cursor.value() : RawJson.ABSENT;
  }

  private static Optional<Fault> loose(RawJson body) {
    if (body.first() == '"') {
      return Optional.of(read(body));
    }
    if (body.first() != '{') {
      return Optional.empty();
    }
    RawJson error = member(body, "error");
    if (error.first() == '{') {
      return Optional.of(read(error));
    }
    String message =
        Stream.of("error", "message", "msg", "detail")
            .map(name -> member(body, name))
            .filter(FaultReader::canExplain)
            .map(FaultReader::text)
            .collect(Collectors.joining(": "));
    return message.isEmpty()
        ? Optional.empty()
        : Optional.of(new Fault(code(member(body, "code")), message, member(body, "data")));
  }

  private static boolean canExplain(RawJson value) {
    return switch (value.first()) {
      case '"' -> value.length() > 2;
      case '[', '{' -> true;
      default -> false;
    };
  }

  private static RawJson member(RawJson object, String name) {
    RawJson last = RawJson.ABSENT;
    var cursor = JsonCursor.over(object);
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs(name)) {
        last = cursor.value();
      } else {
        cursor.skip();
      }
    }
    return last;
  }

  /** An integer, also in quotes as some send it; 0 for anything else. */
  private static int code(RawJson code) {
    if (code.length() > CODE_BYTES_MAX) {
      return 0;
    }
    String digits = code.first() == '"' ? JsonText.unquote(code) : code.text();
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /** The text of a string; other values as they stand there, so that nothing said is lost. */
  private static String text(RawJson value) {
    if (value.isNull()) {
      return "";
    }
    return value.first() == '"' ? JsonText.unquote(value) : value.text();
  }
}

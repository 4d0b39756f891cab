package io.jethproxy.rpc;

import io.jethproxy.rpc.Received.Malformed;
import io.jethproxy.rpc.Received.Misaddressed;
import io.jethproxy.rpc.Received.Replied;

/** Reads what a provider sent back for one request. */
final class ReplyReader {

  /** Traces nest deeply; this is more than any provider was seen to send. */
  static final int DEPTH_MAX = 512;

  private ReplyReader() {}

  static Received read(byte[] bytes, int from, int to, long expectedId) {
    var cursor = new JsonCursor(bytes, from, to, DEPTH_MAX, Integer.MAX_VALUE);
    byte first = cursor.first();
    if (first == '{') {
      return readObject(cursor, expectedId);
    }
    cursor.skip();
    return new Malformed(
        cursor.isComplete()
            ? "reply: " + Envelope.kind(first) + " (expected: an object)"
            : cursor.problem());
  }

  private static Received readObject(JsonCursor cursor, long expectedId) {
    RawJson id = RawJson.ABSENT;
    RawJson result = RawJson.ABSENT;
    RawJson error = RawJson.ABSENT;
    boolean twice = false;
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("result")) {
        twice |= !result.isAbsent();
        result = cursor.value();
      } else if (cursor.nameIs("id")) {
        twice |= !id.isAbsent();
        id = cursor.value();
      } else if (cursor.nameIs("error")) {
        twice |= !error.isAbsent();
        error = cursor.value();
      } else {
        cursor.skip();
      }
    }
    if (!cursor.isComplete()) {
      return new Malformed(cursor.problem());
    }
    if (twice) {
      return new Malformed("reply: id, result or error given twice (expected: once)");
    }
    return judge(id, result, error, expectedId);
  }

  private static Received judge(RawJson id, RawJson result, RawJson error, long expectedId) {
    boolean hasError = !error.isAbsent() && !error.isNull();
    if (hasError && !result.isAbsent() && !result.isNull()) {
      return new Malformed("reply: result and error (expected: one of them)");
    }
    if (!hasError && result.isAbsent()) {
      return new Malformed("reply: neither result nor error (expected: one of them)");
    }
    if (hasError && error.first() != '{' && error.first() != '"') {
      return new Malformed("error: " + Envelope.kind(error.first()) + " (expected: an object)");
    }
    Reply reply = hasError ? FaultReader.read(error) : new Result(result);
    if (reply instanceof Fault(var code, var message, _) && code == 0 && message.isEmpty()) {
      return new Malformed("error: neither code nor message (expected: both)");
    }
    return id.is(Long.toString(expectedId))
        ? new Replied(reply)
        : new Misaddressed(reply, id.isAbsent() || id.isNull());
  }
}

package io.jethproxy.hints;

import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.JsonCursor;
import io.jethproxy.rpc.RawJson;

/** What a socket says, as far as it can be read. */
sealed interface Message {

  /**
   * The answer to a question.
   *
   * @param id of the question; negative when it is no number of ours
   * @param result absent when it is an error
   */
  record Answer(long id, RawJson result) implements Message {}

  /**
   * News for a subscription.
   *
   * @param subscription its id, a string as it was given
   */
  record News(RawJson subscription, RawJson result) implements Message {}

  /** Neither. */
  record Noise() implements Message {}

  /** Deeper than any block or log is. */
  int DEPTH_MAX = 64;

  int NUMBER_BYTES_MAX = 64;

  /** Reads a message; every byte of it is checked. */
  static Message read(byte[] bytes) {
    JsonCursor cursor = new JsonCursor(bytes, 0, bytes.length, DEPTH_MAX, NUMBER_BYTES_MAX);
    if (cursor.first() != '{') {
      return new Noise();
    }
    RawJson id = RawJson.ABSENT;
    RawJson result = RawJson.ABSENT;
    RawJson method = RawJson.ABSENT;
    RawJson params = RawJson.ABSENT;
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("id")) {
        id = cursor.value();
      } else if (cursor.nameIs("result")) {
        result = cursor.value();
      } else if (cursor.nameIs("method")) {
        method = cursor.value();
      } else if (cursor.nameIs("params")) {
        params = cursor.value();
      } else {
        cursor.skip();
      }
    }
    if (!cursor.isComplete()) {
      return new Noise();
    }
    if (!method.isAbsent()) {
      RawJson subscription = Slices.member(params, "subscription");
      return subscription.first() == '"'
          ? new News(subscription, Slices.member(params, "result"))
          : new Noise();
    }
    return id.isAbsent() ? new Noise() : new Answer(number(id), result);
  }

  /** A number of at most nine digits; negative when it is none. */
  private static long number(RawJson json) {
    String text = json.length() > 9 ? "" : json.text();
    return text.matches("[0-9]+") ? Long.parseLong(text) : -1;
  }
}

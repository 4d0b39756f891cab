package io.jethproxy.consistency;

import tools.jackson.databind.JsonNode;

/**
 * One call of a session, from its question to its answer; immutable. Items of a batch share the
 * batch's number and times.
 *
 * @param id in the order of asking, from 0
 * @param session who asked
 * @param batch the batch's number, -1 for a call of its own
 * @param invokedNanos when it was about to be sent, of {@link System#nanoTime}
 * @param completedNanos when it was answered, or given up
 * @param answer the result or the error object; JSON null when there was none
 */
record Op(
    long id,
    String session,
    long batch,
    long invokedNanos,
    long completedNanos,
    Type type,
    String method,
    JsonNode params,
    JsonNode answer) {

  /** How it ended. */
  enum Type {
    /** With a result. */
    OK,
    /** With an error. */
    FAIL,
    /** Unknown: no answer came. */
    INFO
  }

  boolean isOk() {
    return type == Type.OK;
  }

  /** The n-th parameter as text, empty when it is none. */
  String text(int n) {
    return params.path(n).asString("");
  }

  int errorCode() {
    return answer.path("code").asInt(0);
  }

  /** As one line, times in seconds since {@code start}. */
  String line(long startNanos) {
    String shown = answer.toString();
    return "#%d %s%s %.3f..%.3f s %s %s%s -> %s"
        .formatted(
            id,
            session,
            batch < 0 ? "" : " batch " + batch,
            (invokedNanos - startNanos) / 1e9,
            (completedNanos - startNanos) / 1e9,
            type,
            method,
            params,
            shown.length() > 260 ? shown.substring(0, 260) + "…" : shown);
  }
}

package io.jethproxy.server;

import java.util.ArrayList;
import java.util.List;

/**
 * What an HTTP request is answered with.
 *
 * @param status the HTTP status
 * @param contentType of the payload
 * @param headers further header lines, each complete without its line end
 * @param payload the body
 * @param then what becomes of the connection
 */
record HttpAnswer(
    int status, String contentType, List<String> headers, Payload payload, Then then) {

  static final String JSON = "application/json";

  /** What becomes of a connection after an answer. */
  sealed interface Then {
    Then STAY = new Stay();
    Then CLOSE = new Close();

    /** Further requests may come. */
    record Stay() implements Then {}

    /** It ends here. */
    record Close() implements Then {}

    /**
     * It goes on as a WebSocket.
     *
     * @param deflates whether messages may be compressed
     * @param dialogue answers the messages
     */
    record Switch(boolean deflates, Dialogue dialogue) implements Then {}
  }

  static HttpAnswer json(int status, Payload payload) {
    return new HttpAnswer(status, JSON, List.of(), payload, Then.STAY);
  }

  static HttpAnswer json(int status, Payload payload, List<String> headers) {
    return new HttpAnswer(status, JSON, headers, payload, Then.STAY);
  }

  static HttpAnswer empty(int status) {
    return new HttpAnswer(status, JSON, List.of(), Payload.EMPTY, Then.STAY);
  }

  /** Switches to a WebSocket. */
  static HttpAnswer switching(List<String> headers, Then.Switch then) {
    return new HttpAnswer(101, JSON, headers, Payload.EMPTY, then);
  }

  HttpAnswer closing() {
    return new HttpAnswer(status, contentType, headers, payload, Then.CLOSE);
  }

  HttpAnswer withHeaders(List<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(headers);
    all.addAll(more);
    return new HttpAnswer(status, contentType, all, payload, then);
  }
}

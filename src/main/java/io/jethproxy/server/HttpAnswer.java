package io.jethproxy.server;

import java.util.List;

/**
 * What an HTTP request is answered with.
 *
 * @param status the HTTP status
 * @param contentType of the payload
 * @param headers further header lines, each complete without its line end
 * @param payload the body
 * @param close whether the connection ends here
 */
record HttpAnswer(
    int status, String contentType, List<String> headers, Payload payload, boolean close) {

  static final String JSON = "application/json";

  static HttpAnswer json(int status, Payload payload) {
    return new HttpAnswer(status, JSON, List.of(), payload, false);
  }

  static HttpAnswer json(int status, Payload payload, List<String> headers) {
    return new HttpAnswer(status, JSON, headers, payload, false);
  }

  static HttpAnswer empty(int status) {
    return new HttpAnswer(status, JSON, List.of(), Payload.EMPTY, false);
  }

  HttpAnswer closing() {
    return new HttpAnswer(status, contentType, headers, payload, true);
  }

  HttpAnswer withHeaders(List<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new java.util.ArrayList<>(headers);
    all.addAll(more);
    return new HttpAnswer(status, contentType, all, payload, close);
  }
}

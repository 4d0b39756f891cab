package io.jethproxy.testing;

import io.jethproxy.testing.HttpMessage.Header;
import java.util.List;
import java.util.Optional;

/**
 * One JSON-RPC request as a {@link FakeProvider} received it; each item of a batch is one.
 *
 * @param order counts from 0 over the whole life of the provider
 * @param connection number of the connection, from 1 in order of acceptance
 * @param onConnection number of the HTTP request on its connection, from 1
 * @param batchItems items of the batch it came in; 0 for a single request
 * @param method empty when the body is not a JSON-RPC request
 * @param id raw JSON; empty for a notification
 * @param params raw JSON; empty when absent
 * @param body the whole HTTP body
 */
public record Asked(
    long order,
    long atNanos,
    int connection,
    int onConnection,
    String httpMethod,
    String target,
    List<Header> headers,
    int batchItems,
    String method,
    String id,
    String params,
    String body) {

  /** The first header of this name, in any case. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  String proper(String member) {
    return answer(Shape.PROPER, member);
  }

  String answer(Shape shape, String member) {
    return shape.json(id.isEmpty() ? "null" : id, member);
  }

  @Override
  public String toString() {
    return "#" + order + " " + method + " id=" + id + " on connection " + connection;
  }
}

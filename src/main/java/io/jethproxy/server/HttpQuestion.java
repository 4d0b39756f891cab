package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/**
 * One complete HTTP request.
 *
 * @param method as sent
 * @param path the path without the query, undecoded
 * @param headers as sent
 * @param body inflated; empty when there was none
 * @param abandonment declared when the connection goes before the answer
 * @param unsent for what is collected before it can be answered
 */
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record HttpQuestion(
    String method,
    String path,
    HttpHeaders headers,
    byte[] body,
    Abandonment abandonment,
    ByteBudget unsent)
    implements Asker {

  @Override
  public Audience audience() {
    return Audience.NONE;
  }

  /** Two of them are as good as none: which one counts cannot be told. */
  @Override
  public String traceparent() {
    List<String> all = headers.getAll("traceparent");
    return all.size() == 1 ? all.getFirst() : "";
  }

  HttpQuestion inflated(byte[] inflated) {
    return new HttpQuestion(method, path, headers, inflated, abandonment, unsent);
  }
}

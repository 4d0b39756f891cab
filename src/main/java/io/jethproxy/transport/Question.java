package io.jethproxy.transport;

/**
 * What was asked, as far as it matters for reading the answer.
 *
 * @param method the JSON-RPC method; empty when the request was a whole batch
 * @param vendor who runs the provider, lower case, such as {@code alchemy}; empty when unknown
 * @param id the id that was sent
 */
public record Question(String method, String vendor, long id) {

  public Question(String method, long id) {
    this(method, "", id);
  }
}

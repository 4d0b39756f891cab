package io.jethproxy.rpc;

/**
 * One JSON-RPC 2.0 request.
 *
 * @param id the client's id exactly as sent (string, number or null); absent for a notification
 * @param method the method's name, unescaped
 * @param params an array or object exactly as sent; absent when the request had none
 */
public record Request(RawJson id, String method, RawJson params) {

  public boolean isNotification() {
    return id.isAbsent();
  }
}

package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * One complete HTTP request.
 *
 * @param method as sent
 * @param path the path without the query, undecoded
 * @param headers as sent
 * @param body inflated; empty when there was none
 * @param asker who waits for the answer
 */
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record HttpQuestion(String method, String path, HttpHeaders headers, byte[] body, Asker asker) {

  HttpQuestion inflated(byte[] inflated) {
    return new HttpQuestion(method, path, headers, inflated, asker);
  }
}

package io.jethproxy.transport;

import io.jethproxy.fleet.Secret;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * Where a provider's sockets are opened, and the headers of the handshake. All of it is secret, so
 * {@code toString} shows none.
 */
public final class SocketTarget {

  private static final int PORT = 80;
  private static final int TLS_PORT = 443;

  private final URI uri;
  private final boolean tls;
  private final HttpHeaders headers;

  private SocketTarget(URI uri, boolean tls, HttpHeaders headers) {
    this.uri = uri;
    this.tls = tls;
    this.headers = headers;
  }

  /**
   * Reads a socket's URL.
   *
   * @param url {@code ws} or {@code wss}, with optional user info, path and query
   * @param headers further headers of the handshake; names are sent as given
   * @throws IllegalArgumentException with a message that repeats nothing of the URL
   */
  public static SocketTarget of(Secret url, Map<String, Secret> headers) {
    URI uri = Target.parse(url, "ws", "wss");
    HttpHeaders sent = new DefaultHttpHeaders().set(HttpHeaderNames.USER_AGENT, "jeth-proxy");
    Target.credentials(uri).ifPresent(basic -> sent.set(HttpHeaderNames.AUTHORIZATION, basic));
    headers.forEach((name, value) -> {
      Target.checkHeader(name, value);
      sent.set(name, value.reveal());
    });
    return new SocketTarget(withoutUserInfo(uri), "wss".equalsIgnoreCase(uri.getScheme()), sent);
  }

  private static URI withoutUserInfo(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    try {
      return new URI(uri.getScheme() + "://" + uri.getHost() + port + Target.pathOf(uri));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL (expected: ws://… or wss://…)");
    }
  }

  URI uri() {
    return uri;
  }

  boolean tls() {
    return tls;
  }

  String host() {
    return Target.unbracketed(uri.getHost());
  }

  int port() {
    return uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT;
  }

  HttpHeaders headers() {
    return headers;
  }

  @Override
  public String toString() {
    return "SocketTarget[***]";
  }
}

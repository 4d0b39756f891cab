package io.jethproxy.transport;

import io.jethproxy.fleet.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider listens and what each request to it begins with. Everything in it is secret:
 * paths, queries and even host names carry keys, so {@code toString} shows none of it.
 */
public final class Target {

  private final boolean tls;
  private final String host;
  private final int port;
  private final byte[] head;

  private Target(boolean tls, String host, int port, byte[] head) {
    this.tls = tls;
    this.host = host;
    this.port = port;
    this.head = head;
  }

  /**
   * Reads a provider's URL.
   *
   * @param url {@code http} or {@code https}, with optional user info, path and query
   * @param headers further headers of each request; names are sent as given
   * @throws IllegalArgumentException with a message that repeats nothing of the URL
   */
  public static Target of(Secret url, Map<String, Secret> headers) {
    URI uri = parse(url);
    boolean tls = "https".equals(uri.getScheme().toLowerCase(Locale.ROOT));
    String host = uri.getHost();
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    StringBuilder head = new StringBuilder(256);
    head.append("POST ").append(pathOf(uri)).append(" HTTP/1.1\r\nHost: ").append(host);
    if (uri.getPort() >= 0) {
      head.append(':').append(port);
    }
    head.append("\r\nContent-Type: application/json\r\nAccept: application/json\r\n");
    head.append("User-Agent: jeth-proxy\r\n");
    String userInfo = uri.getRawUserInfo();
    if (userInfo != null) {
      byte[] credentials =
          URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
      head.append("Authorization: Basic ").append(Base64.getEncoder().encodeToString(credentials));
      head.append("\r\n");
    }
    headers.forEach((name, value) -> appendHeader(head, name, value));
    head.append("Content-Length: ");
    return new Target(
        tls, unbracketed(host), port, head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static URI parse(Secret url) {
    URI uri;
    try {
      uri = new URI(url.reveal().strip());
    } catch (java.net.URISyntaxException e) {
      // The exception's message repeats the URL, so it must not be kept as the cause.
      throw new IllegalArgumentException("not a URL (expected: http://… or https://…)");
    }
    @Nullable String scheme = uri.getScheme();
    if (scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
      throw new IllegalArgumentException("not an HTTP URL (expected: http://… or https://…)");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("a URL without a host (expected: http(s)://host…)");
    }
    return uri;
  }

  private static String pathOf(URI uri) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  private static void appendHeader(StringBuilder head, String name, Secret value) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")) {
      throw new IllegalArgumentException("a header name that HTTP does not allow");
    }
    String text = value.reveal();
    if (!text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127))) {
      throw new IllegalArgumentException(
          "header " + name + ": a value with control characters or non-ASCII characters");
    }
    head.append(name).append(": ").append(text).append("\r\n");
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  boolean tls() {
    return tls;
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  /** The request's head up to and including {@code "Content-Length: "}. */
  byte[] head() {
    return head;
  }

  @Override
  public String toString() {
    return "Target[***]";
  }
}

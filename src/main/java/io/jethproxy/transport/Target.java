package io.jethproxy.transport;

import io.jethproxy.fleet.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    URI uri = parse(url, "http", "https");
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
    credentials(uri)
        .ifPresent(basic -> head.append("Authorization: ").append(basic).append("\r\n"));
    headers.forEach((name, value) -> appendHeader(head, name, value));
    head.append("Content-Length: ");
    return new Target(
        tls, unbracketed(host), port, head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads a URL of one of two schemes.
   *
   * @throws IllegalArgumentException with a message that repeats nothing of it
   */
  static URI parse(Secret url, String plain, String secure) {
    String wanted = " (expected: " + plain + "://… or " + secure + "://…)";
    URI uri;
    try {
      uri = new URI(url.reveal().strip());
    } catch (java.net.URISyntaxException e) {
      // The exception's message repeats the URL, so it must not be kept as the cause.
      throw new IllegalArgumentException("not a URL" + wanted);
    }
    @Nullable String scheme = uri.getScheme();
    if (scheme == null || !(scheme.equalsIgnoreCase(plain) || scheme.equalsIgnoreCase(secure))) {
      throw new IllegalArgumentException("a URL of another scheme" + wanted);
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("a URL without a host" + wanted);
    }
    return uri;
  }

  /** The value of the {@code Authorization} header that the URL's user info stands for. */
  static Optional<String> credentials(URI uri) {
    return Optional.ofNullable(uri.getRawUserInfo())
        .map(userInfo -> {
          byte[] credentials =
              URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8)
                  .getBytes(StandardCharsets.UTF_8);
          return "Basic " + Base64.getEncoder().encodeToString(credentials);
        });
  }

  static String pathOf(URI uri) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  private static void appendHeader(StringBuilder head, String name, Secret value) {
    checkHeader(name, value);
    head.append(name).append(": ").append(value.reveal()).append("\r\n");
  }

  /**
   * Judges a header of the configuration.
   *
   * @throws IllegalArgumentException when HTTP does not allow it
   */
  static void checkHeader(String name, Secret value) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")) {
      throw new IllegalArgumentException("a header name that HTTP does not allow");
    }
    String text = value.reveal();
    if (!text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127))) {
      throw new IllegalArgumentException(
          "header " + name + ": a value with control characters or non-ASCII characters");
    }
  }

  static String unbracketed(String host) {
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

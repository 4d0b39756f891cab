package io.jethproxy.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a provider's URL; what it says about one never contains any of it. */
final class ProviderUrl {

  private static final String WANTED = " (expected: http://… or https://…)";

  private ProviderUrl() {}

  /** What is wrong with the URL; empty when nothing is. */
  static Optional<String> complaint(String url) {
    return Optional.ofNullable(firstFault(url));
  }

  /** The host in lower case, of a URL without fault. */
  static String host(String url) {
    return URI.create(url).getHost().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String firstFault(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return "not a URL" + WANTED;
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "http", "https" -> faultOfHttp(uri);
      case "ws", "wss" -> "a WebSocket URL; those are not used yet" + WANTED;
      case "" -> "no scheme" + WANTED;
      default -> "not http" + WANTED;
    };
  }

  private static @Nullable String faultOfHttp(URI uri) {
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      return "no host that can be read; '_' is not part of one" + WANTED;
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      return "a port out of range (expected: 1..65535)";
    }
    return uri.getRawFragment() == null ? null : "a fragment, '#…' (expected: none)";
  }
}

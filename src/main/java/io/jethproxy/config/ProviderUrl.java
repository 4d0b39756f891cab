package io.jethproxy.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
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

  /**
   * Who runs the host, as far as its name tells: its last two labels, or three where the last two
   * are those of a country. An address stands for itself, with its port, since one's own nodes may
   * share a machine.
   */
  static String domain(String url) {
    String host = host(url);
    List<String> labels = List.of(host.split("\\."));
    int size = labels.size();
    if (host.startsWith("[") || size < 2 || labels.getLast().matches("[0-9]+")) {
      return host + ":" + URI.create(url).getPort();
    }
    boolean country = labels.get(size - 1).length() == 2 && labels.get(size - 2).length() <= 3;
    return String.join(".", labels.subList(Math.max(0, size - (country ? 3 : 2)), size));
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

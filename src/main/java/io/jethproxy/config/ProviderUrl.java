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
  private static final String SOCKET_WANTED = " (expected: ws://… or wss://…)";

  private ProviderUrl() {}

  /** What is wrong with the URL; empty when nothing is. */
  static Optional<String> complaint(String url) {
    return Optional.ofNullable(
        firstFault(
            url,
            WANTED,
            (scheme, uri) ->
                switch (scheme) {
                  case "http", "https" -> faultOfAddress(uri, WANTED);
                  case "ws", "wss" ->
                      "a WebSocket URL; those go to " + Config.SOCKETS + ", or to ws" + WANTED;
                  default -> "not http" + WANTED;
                }));
  }

  /** What is wrong with the URL of a provider's socket; empty when nothing is. */
  static Optional<String> complaintOfSocket(String url) {
    return Optional.ofNullable(
        firstFault(
            url,
            SOCKET_WANTED,
            (scheme, uri) ->
                switch (scheme) {
                  case "ws", "wss" -> faultOfAddress(uri, SOCKET_WANTED);
                  case "http", "https" ->
                      "an HTTP URL; those go to "
                          + Config.PROVIDERS
                          + ", or to url"
                          + SOCKET_WANTED;
                  default -> "not ws" + SOCKET_WANTED;
                }));
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

  /** Host and port as they are connected to, of a URL without fault: the same for ws and http. */
  static String authority(String url) {
    URI uri = URI.create(url);
    int usual =
        switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
          case "https", "wss" -> 443;
          default -> 80;
        };
    return host(url) + ":" + (uri.getPort() >= 0 ? uri.getPort() : usual);
  }

  /** What is wrong with a URL of some scheme; null when nothing is. */
  @FunctionalInterface
  private interface Judge {
    @Nullable String fault(String scheme, URI uri);
  }

  private static @Nullable String firstFault(String url, String wanted, Judge judge) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return "not a URL" + wanted;
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.isEmpty() ? "no scheme" + wanted : judge.fault(scheme, uri);
  }

  private static @Nullable String faultOfAddress(URI uri, String wanted) {
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      return "no host that can be read; '_' is not part of one" + wanted;
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      return "a port out of range (expected: 1..65535)";
    }
    return uri.getRawFragment() == null ? null : "a fragment, '#…' (expected: none)";
  }
}

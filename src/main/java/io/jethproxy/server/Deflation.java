package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The agreement on compressed messages, RFC 7692: only without context takeover on either side, so
 * that a connection that rests keeps no state.
 */
final class Deflation {

  private static final String NAME = "permessage-deflate";
  private static final String ACCEPTANCE =
      NAME + "; server_no_context_takeover; client_no_context_takeover";

  private static final int OFFERS_MAX = 16;

  private Deflation() {}

  /** The header's value that accepts the first offer that can be kept; empty when there is none. */
  static Optional<String> accept(HttpHeaders headers) {
    for (String line : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      for (String offer : line.split(",", OFFERS_MAX)) {
        if (isAcceptable(offer.split(";", OFFERS_MAX))) {
          return Optional.of(ACCEPTANCE);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isAcceptable(String[] parts) {
    if (!parts[0].strip().equals(NAME)) {
      return false;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals).strip();
      String value = equals < 0 ? "" : unquoted(parameter.substring(equals + 1).strip());
      if (!seen.add(name) || !isAcceptable(name, value, equals >= 0)) {
        return false;
      }
    }
    return true;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static boolean isAcceptable(String name, String value, boolean hasValue) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> !hasValue;
      case "client_max_window_bits" -> !hasValue || value.matches("[89]|1[0-5]");
      case "server_max_window_bits" -> value.equals("15"); // the JDK compresses with no other
      default -> false;
    };
  }
}

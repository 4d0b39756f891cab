package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
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

  /** Of our messages; the JDK compresses with no other. */
  private static final String SERVER_WINDOW = "server_max_window_bits";

  private static final String SERVER_WINDOW_BITS = "15";

  private static final int OFFERS_MAX = 16;

  private Deflation() {}

  /** The header's value that accepts the first offer that can be kept; empty when there is none. */
  static Optional<String> accept(HttpHeaders headers) {
    for (String line : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      for (String offer : line.split(",", OFFERS_MAX)) {
        String[] parts = offer.split(";", OFFERS_MAX);
        if (isAcceptable(parts)) {
          return Optional.of(acceptance(parts));
        }
      }
    }
    return Optional.empty();
  }

  /** Who asks for a window of ours is told which one it gets: RFC 7692, section 7.1.2.1. */
  private static String acceptance(String[] parts) {
    boolean window =
        Arrays.stream(parts).anyMatch(part -> lowerCase(part).startsWith(SERVER_WINDOW));
    return window ? ACCEPTANCE + "; " + SERVER_WINDOW + "=" + SERVER_WINDOW_BITS : ACCEPTANCE;
  }

  private static String lowerCase(String part) {
    return part.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isAcceptable(String[] parts) {
    if (!parts[0].strip().equals(NAME)) {
      return false;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < parts.length; i++) {
      String parameter = lowerCase(parts[i]);
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
      case SERVER_WINDOW -> value.equals(SERVER_WINDOW_BITS);
      default -> false;
    };
  }
}

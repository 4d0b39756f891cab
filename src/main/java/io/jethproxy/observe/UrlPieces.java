package io.jethproxy.observe;

import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of a URL that tell who pays. Reads any string as far as it goes: a URL that is wrong
 * may hold a key all the same.
 *
 * @param credentials user, password, both together, query values, key-like path segments
 * @param hosts host names that have a domain; loopback and plain addresses are no secret
 */
record UrlPieces(List<String> credentials, List<String> hosts) {

  private static final int KEY_CHARS_MIN = 8;
  private static final int WORDY_KEY_CHARS_MIN = 20;

  static UrlPieces of(String url) {
    List<String> credentials = new ArrayList<>();
    int scheme = url.indexOf("://");
    String rest = scheme < 0 ? url : url.substring(scheme + 3);
    int authorityEnd = firstOf(rest, "/?#", 0);
    String authority = rest.substring(0, authorityEnd);
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      addUserInfo(authority.substring(0, at), credentials);
    }
    int pathEnd = firstOf(rest, "?#", authorityEnd);
    for (String segment : rest.substring(authorityEnd, pathEnd).split("/", -1)) {
      if (looksLikeKey(segment)) {
        credentials.add(segment);
      }
    }
    for (String parameter : rest.substring(pathEnd).split("[?&;#]", -1)) {
      credentials.add(parameter.substring(parameter.indexOf('=') + 1));
    }
    return new UrlPieces(credentials, hosts(authority.substring(at + 1)));
  }

  private static void addUserInfo(String userInfo, List<String> credentials) {
    credentials.add(userInfo);
    int colon = userInfo.indexOf(':');
    if (colon >= 0) {
      credentials.add(userInfo.substring(0, colon));
      credentials.add(userInfo.substring(colon + 1));
    }
  }

  /** Not {@code v2}, {@code rpc} or {@code arbitrum-mainnet}, which are words of every log. */
  private static boolean looksLikeKey(String segment) {
    return segment.length() >= WORDY_KEY_CHARS_MIN
        || (segment.length() >= KEY_CHARS_MIN && segment.chars().anyMatch(UrlPieces::isDigit));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static List<String> hosts(String hostAndPort) {
    int colon = hostAndPort.indexOf(':');
    String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
    boolean isName = host.indexOf('.') > 0 && host.chars().anyMatch(Character::isLetter);
    return isName ? List.of(host) : List.of();
  }

  private static int firstOf(String text, String anyOf, int from) {
    int i = from;
    while (i < text.length() && anyOf.indexOf(text.charAt(i)) < 0) {
      i++;
    }
    return i;
  }
}

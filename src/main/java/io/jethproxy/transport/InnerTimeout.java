package io.jethproxy.transport;

import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;

/**
 * Finds the time-out inside of a trace that was answered with success: {@code
 * [{"txHash":…,"error":"execution timeout"}]}. Only the value of a member {@code error} counts;
 * contracts can write any other text.
 */
final class InnerTimeout {

  /** Longer traces are searched this far: a reply must not hold up its loop. */
  private static final int SEARCH_BYTES_MAX = 16 * 1024 * 1024;

  private static final byte[] MEMBER = "\"error\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIMEOUT = "execution timeout".getBytes(StandardCharsets.US_ASCII);

  private InnerTimeout() {}

  static boolean isIn(RawJson result) {
    byte[] bytes = result.bytes();
    int end = Math.min(result.to(), result.from() + SEARCH_BYTES_MAX);
    for (int i = result.from(); i < end; i++) {
      if (bytes[i] == '"' && startsWith(bytes, i, end, MEMBER) && tellsTimeout(bytes, i, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean tellsTimeout(byte[] bytes, int member, int end) {
    int i = member + MEMBER.length;
    while (i < end && (bytes[i] == ' ' || bytes[i] == ':' || bytes[i] == '\n')) {
      i++;
    }
    return i < end && bytes[i] == '"' && startsWith(bytes, i + 1, end, TIMEOUT);
  }

  private static boolean startsWith(byte[] bytes, int at, int end, byte[] head) {
    if (at + head.length > end) {
      return false;
    }
    for (int i = 0; i < head.length; i++) {
      if (bytes[at + i] != head[i]) {
        return false;
      }
    }
    return true;
  }
}

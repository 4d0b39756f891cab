import java.nio.charset.StandardCharsets;

/**
 * Finds {@code id}, {@code method} and {@code params} of one JSON-RPC request without building
 * anything: a single pass over bytes that trusts its input, because only proxies under test write
 * it.
 */
final class RequestScan {
  private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] METHOD = "method".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PARAMS = "params".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[0];
  int idFrom;
  int idTo;
  private int methodFrom;
  private int methodTo;
  private int paramsFrom;
  private int paramsTo;

  /**
   * Reads the object that starts at {@code from} and returns the offset after its closing brace.
   */
  int read(byte[] source, int from, int to) {
    bytes = source;
    idFrom = idTo = methodFrom = methodTo = paramsFrom = paramsTo = 0;
    int at = from + 1;
    while (at < to && bytes[at] != '}') {
      if (bytes[at] != '"') {
        at++;
        continue;
      }
      int keyFrom = at + 1;
      int keyTo = stringEnd(at, to) - 1;
      int valueFrom = keyTo + 1;
      while (valueFrom < to && (bytes[valueFrom] == ':' || bytes[valueFrom] <= ' ')) {
        valueFrom++;
      }
      at = valueEnd(valueFrom, to);
      keep(keyFrom, keyTo, valueFrom, at);
    }
    return Math.min(at + 1, to);
  }

  String method() {
    return new String(bytes, methodFrom, methodTo - methodFrom, StandardCharsets.ISO_8859_1);
  }

  /** All of {@code params} as written, or the empty string. */
  String params() {
    return new String(bytes, paramsFrom, paramsTo - paramsFrom, StandardCharsets.UTF_8);
  }

  /** The first string in {@code params}, or the empty string. */
  String firstParam() {
    for (int at = paramsFrom; at < paramsTo; at++) {
      if (bytes[at] == '"') {
        return new String(
            bytes, at + 1, stringEnd(at, paramsTo) - at - 2, StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private void keep(int keyFrom, int keyTo, int valueFrom, int valueTo) {
    if (is(ID, keyFrom, keyTo)) {
      idFrom = valueFrom;
      idTo = valueTo;
    } else if (is(METHOD, keyFrom, keyTo)) {
      methodFrom = valueFrom + 1;
      methodTo = valueTo - 1;
    } else if (is(PARAMS, keyFrom, keyTo)) {
      paramsFrom = valueFrom;
      paramsTo = valueTo;
    }
  }

  private boolean is(byte[] name, int from, int to) {
    if (to - from != name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes[from + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private int stringEnd(int quote, int to) {
    int at = quote + 1;
    while (at < to && bytes[at] != '"') {
      at += bytes[at] == '\\' ? 2 : 1;
    }
    return Math.min(at + 1, to);
  }

  private int valueEnd(int from, int to) {
    int depth = 0;
    int at = from;
    while (at < to) {
      switch (bytes[at]) {
        case '"' -> at = stringEnd(at, to) - 1;
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (depth == 0) {
            return at;
          }
          if (--depth == 0) {
            return at + 1;
          }
        }
        case ',', ' ', '\n', '\r', '\t' -> {
          if (depth == 0) {
            return at;
          }
        }
        default -> {}
      }
      at++;
      if (depth == 0 && bytes[at - 1] == '"') {
        return at;
      }
    }
    return at;
  }
}

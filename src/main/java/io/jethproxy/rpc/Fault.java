package io.jethproxy.rpc;

/**
 * A JSON-RPC error object.
 *
 * @param code the JSON-RPC error code
 * @param message the message, unescaped
 * @param data the {@code data} member exactly as it came; absent when there was none
 */
public record Fault(int code, String message, RawJson data) implements Reply {

  public static final int PARSE_ERROR = -32700;
  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL = -32603;

  public Fault(int code, String message) {
    this(code, message, RawJson.ABSENT);
  }
}

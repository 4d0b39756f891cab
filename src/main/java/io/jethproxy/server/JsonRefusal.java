package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.JsonText;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import java.util.List;

/** What HTTP itself refuses, said as JSON-RPC. */
final class JsonRefusal {

  private JsonRefusal() {}

  /** Which error of the contract a status stands for. */
  static Refusal.Kind kind(int status) {
    return switch (status) {
      case 404 -> Refusal.Kind.UNKNOWN_PATH;
      case 413, 414, 431 -> Refusal.Kind.TOO_BIG;
      case 429 -> Refusal.Kind.LIMIT_EXCEEDED;
      case 500 -> Refusal.Kind.INTERNAL;
      case 503 -> Refusal.Kind.OVERLOADED;
      default -> Refusal.Kind.INVALID_REQUEST;
    };
  }

  private static String reason(int status) {
    return switch (status) {
      case 403 -> "forbidden";
      case 404 -> "unknown_path";
      case 405 -> "method_not_allowed";
      case 408 -> "too_slow";
      case 413 -> "too_big";
      case 414, 431 -> "header_too_big";
      case 415 -> "unsupported_media";
      case 426 -> "websocket_version";
      case 429 -> "connection_limit";
      case 500 -> "internal";
      case 503 -> "overload";
      default -> "bad_request";
    };
  }

  /**
   * @param requestId what the client can quote; empty for none
   */
  static HttpAnswer of(int status, String message, String requestId) {
    return rendered(status, message, requestId).toAnswer();
  }

  /** The same, for whatever carries it. */
  static Render.Rendered rendered(int status, String message, String requestId) {
    Refusal.Kind kind = kind(status);
    String quotable = requestId.isEmpty() ? "" : ",\"requestId\":" + JsonText.quote(requestId);
    RawJson data =
        RawJson.of(
            "{\"reason\":"
                + JsonText.quote(reason(status))
                + ",\"retryable\":"
                + (kind.retryable() || status == 408)
                + quotable
                + (isForNow(status) ? ",\"retryAfterSeconds\":1}" : "}"));
    Payload payload = Payload.of(Wire.fault(RawJson.NULL, new Fault(kind.code(), message, data)));
    List<String> headers = isForNow(status) ? List.of("retry-after: 1") : List.of();
    return new Render.Rendered(status, headers, payload);
  }

  private static boolean isForNow(int status) {
    return status == 429 || status == 503;
  }
}

package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.JsonText;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;

/** What HTTP itself refuses, said as JSON-RPC. */
final class JsonRefusal {

  private JsonRefusal() {}

  static HttpAnswer of(int status, String message) {
    String reason =
        switch (status) {
          case 403 -> "forbidden";
          case 404 -> "unknown_path";
          case 405 -> "method_not_allowed";
          case 408 -> "too_slow";
          case 413 -> "too_big";
          case 414, 431 -> "header_too_big";
          case 415 -> "unsupported_media";
          case 503 -> "overload";
          default -> "bad_request";
        };
    int code = status == 503 ? Refusal.Kind.OVERLOADED.code() : Refusal.Kind.INVALID_REQUEST.code();
    RawJson data =
        RawJson.of(
            "{\"reason\":" + JsonText.quote(reason) + ",\"retryable\":" + (status == 503) + "}");
    Payload payload = Payload.of(Wire.fault(RawJson.NULL, new Fault(code, message, data)));
    return status == 503
        ? HttpAnswer.json(status, payload, java.util.List.of("retry-after: 1"))
        : HttpAnswer.json(status, payload);
  }
}

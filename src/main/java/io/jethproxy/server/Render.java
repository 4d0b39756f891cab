package io.jethproxy.server;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.JsonText;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import java.util.List;
import java.util.stream.Collectors;

/** Outcomes as JSON-RPC responses. */
final class Render {

  private static final byte[] END = {'}'};

  /**
   * A response and what HTTP should say of it when it stands alone.
   *
   * @param status the HTTP status of a single call
   * @param headers further header lines of a single call
   */
  record Rendered(int status, List<String> headers, Payload payload) {

    /** Whether there is no response at all. */
    boolean isNothing() {
      return payload.length() == 0;
    }

    HttpAnswer toAnswer() {
      return HttpAnswer.json(status, payload, headers);
    }
  }

  /** What notifications are answered with. */
  static final Rendered NOTHING = new Rendered(204, List.of(), Payload.EMPTY);

  private Render() {}

  static Rendered of(Call call, Outcome outcome) {
    RawJson id = call.request().id();
    return switch (outcome) {
      case Outcome.Answer(var result, var by, var firm) -> result(id, result);
      case Outcome.Rejected(var fault, var by, var sense) -> fault(id, fault);
      case Outcome.Refused(var refusal) -> refusal(id, refusal, call.journal().requestId());
      case Outcome.Unserved unserved ->
          throw new IllegalStateException("an attempt's outcome is no call's: " + unserved);
    };
  }

  static Rendered result(RawJson id, RawJson result) {
    return new Rendered(200, List.of(), Payload.of(Wire.resultHead(id), result, END));
  }

  static Rendered fault(RawJson id, Fault fault) {
    return new Rendered(200, List.of(), Payload.of(Wire.fault(id, fault)));
  }

  /**
   * @param requestId what the client can quote; empty when no call was made
   */
  static Rendered refusal(RawJson id, Refusal refusal, String requestId) {
    Refusal.Kind kind = refusal.kind();
    StringBuilder data = new StringBuilder(128);
    data.append("{\"reason\":").append(JsonText.quote(refusal.reason()));
    data.append(",\"retryable\":").append(kind.retryable());
    if (!requestId.isEmpty()) {
      data.append(",\"requestId\":").append(JsonText.quote(requestId));
    }
    long seconds = retryAfterSeconds(refusal);
    if (seconds > 0) {
      data.append(",\"retryAfterSeconds\":").append(seconds);
    }
    if (!refusal.attempts().isEmpty()) {
      data.append(
          refusal.attempts().stream()
              .map(Render::attempt)
              .collect(Collectors.joining(",", ",\"attempts\":[", "]")));
    }
    data.append('}');
    Fault fault = new Fault(kind.code(), refusal.message(), RawJson.of(data.toString()));
    List<String> headers = seconds > 0 ? List.of("retry-after: " + seconds) : List.of();
    return new Rendered(kind.httpStatus(), headers, Payload.of(Wire.fault(id, fault)));
  }

  private static String attempt(Refusal.Attempt attempt) {
    return "{\"provider\":"
        + JsonText.quote(attempt.provider())
        + ",\"reason\":"
        + JsonText.quote(attempt.reason())
        + "}";
  }

  private static long retryAfterSeconds(Refusal refusal) {
    int status = refusal.kind().httpStatus();
    if (status != 429 && status != 503) {
      return 0;
    }
    return Math.max(1, (refusal.retryAfterMillis() + 999) / 1_000);
  }
}

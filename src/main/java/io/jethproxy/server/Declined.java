package io.jethproxy.server;

import io.jethproxy.call.Refusal;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says no to what never becomes a call, and counts it. */
final class Declined {

  private static final Logger LOG = LoggerFactory.getLogger(Declined.class);

  private final Supplier<String> requestIds;
  private final Consumer<Refusal.Kind> counter;

  /**
   * @param requestIds gives each refusal what its client can quote
   * @param counter told of each refusal
   */
  Declined(Supplier<String> requestIds, Consumer<Refusal.Kind> counter) {
    this.requestIds = requestIds;
    this.counter = counter;
  }

  /** What is no request, or not JSON at all. */
  Render.Rendered unreadable(RawJson id, Fault fault) {
    return fault.code() == Fault.PARSE_ERROR
        ? refused(
            id,
            new Refusal(Refusal.Kind.PARSE_ERROR, "not JSON: " + fault.message(), "parse_error"))
        : refused(
            id, new Refusal(Refusal.Kind.INVALID_REQUEST, fault.message(), "invalid_request"));
  }

  /** What is over a limit of JSON-RPC. */
  Render.Rendered tooBig(Fault fault) {
    return refused(RawJson.NULL, new Refusal(Refusal.Kind.TOO_BIG, fault.message(), "too_big"));
  }

  Render.Rendered refused(RawJson id, Refusal refusal) {
    count(refusal.kind());
    return Render.refusal(id, refusal, requestIds.get());
  }

  /** What HTTP refuses. */
  HttpAnswer http(int status, String message) {
    count(JsonRefusal.kind(status));
    return JsonRefusal.of(status, message, requestIds.get());
  }

  /** What nobody foresaw, with the id under which the log has it. */
  Render.Rendered defect(Throwable cause) {
    String requestId = requestIds.get();
    LOG.atError().addKeyValue("request", requestId).setCause(cause).log("a defect while answering");
    count(Refusal.Kind.INTERNAL);
    return JsonRefusal.rendered(500, "internal error of the gateway", requestId);
  }

  /** A number that cannot be counted must not cost a client the answer. */
  private void count(Refusal.Kind kind) {
    try {
      counter.accept(kind);
    } catch (Throwable defect) {
      LOG.atError().setCause(defect).log("a refusal was not counted");
    }
  }
}

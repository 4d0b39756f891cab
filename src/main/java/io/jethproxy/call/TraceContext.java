package io.jethproxy.call;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a call stands in a distributed trace, in the forms of W3C Trace Context.
 *
 * @param traceId 32 hexadecimal digits; empty when the call is in no trace
 * @param parentId the span above, 16 hexadecimal digits; empty when there is none
 * @param spanId the call's own span, 16 hexadecimal digits; empty when the call is in no trace
 * @param sampled whether spans of this trace are recorded
 */
public record TraceContext(String traceId, String parentId, String spanId, boolean sampled) {

  /** In no trace. */
  public static final TraceContext NONE = new TraceContext("", "", "", false);

  /** One of several calls below this span. */
  public TraceContext child() {
    return isNone() ? this : new TraceContext(traceId, spanId, randomSpanId(), sampled);
  }

  public boolean isNone() {
    return traceId.isEmpty();
  }

  /** The id of one more span below this one; empty when the call is in no trace. */
  public String newSpanId() {
    return isNone() ? "" : randomSpanId();
  }

  /** What the header {@code traceparent} of a request says that is made under this span. */
  public String traceparent(String span) {
    return "00-" + traceId + "-" + span + (sampled ? "-01" : "-00");
  }

  /** The id of a span, 16 hexadecimal digits, not all zero. */
  public static String randomSpanId() {
    long id;
    do {
      id = ThreadLocalRandom.current().nextLong();
    } while (id == 0);
    return HexFormat.of().toHexDigits(id);
  }
}

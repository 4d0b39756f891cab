package io.jethproxy.observe;

import io.jethproxy.call.TraceContext;
import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Gives spans the ids that were chosen, and perhaps sent out, when the call was under way; the SDK
 * asks for them when it makes the span. Each thread's own.
 */
final class SpanIds implements IdGenerator {

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<TraceContext> next = ThreadLocal.withInitial(() -> TraceContext.NONE);

  /** The ids of the next span that this thread makes. */
  void chosen(String traceId, String spanId) {
    next.set(new TraceContext(traceId, "", spanId, true));
  }

  void forget() {
    next.set(TraceContext.NONE);
  }

  @Override
  public String generateSpanId() {
    TraceContext chosen = next.get();
    return chosen.isNone() ? random.generateSpanId() : chosen.spanId();
  }

  @Override
  public String generateTraceId() {
    TraceContext chosen = next.get();
    return chosen.isNone() ? random.generateTraceId() : chosen.traceId();
  }
}

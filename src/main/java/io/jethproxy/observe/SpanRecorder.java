package io.jethproxy.observe;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes spans of closed journals and gives them to OpenTelemetry's batching exporter, whose queue
 * is bounded: one SERVER span for a call, one CLIENT span below it for each attempt, hedges beside
 * the attempts that they keep company, and one span above the calls of a batch.
 *
 * <p>Whether a trace is recorded is decided when its call begins, because that is what providers
 * are told; what is made into spans here has been sampled.
 */
final class SpanRecorder implements Tracing, TraceCounts {

  private static final Logger LOG = LoggerFactory.getLogger(SpanRecorder.class);
  private static final long FLUSH_SECONDS_MAX = 2;

  private static final TextMapGetter<String> TRACEPARENT =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceparent) {
          return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
          return key.equals("traceparent") ? traceparent : null;
        }
      };

  private final TraceSdk sdk;
  private final Tracer tracer;
  private final IdGenerator random = IdGenerator.random();
  private final Predicate<String> isKnownMethod;
  private final InstantSource clock;
  private final AtomicLong made = new AtomicLong();

  SpanRecorder(TraceSdk sdk, Predicate<String> isKnownMethod, InstantSource clock) {
    this.sdk = sdk;
    this.tracer = sdk.provider().get("io.jethproxy");
    this.isKnownMethod = isKnownMethod;
    this.clock = clock;
  }

  @Override
  public long madeSpans() {
    return made.get();
  }

  @Override
  public long sentSpans() {
    return sdk.delivery().sent();
  }

  @Override
  public long failedSpans() {
    return sdk.delivery().failed();
  }

  @Override
  public Optional<TraceCounts> counts() {
    return Optional.of(this);
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public TraceContext begin(String traceparent) {
    Context above = Context.root();
    if (!traceparent.isEmpty()) {
      above = W3CTraceContextPropagator.getInstance().extract(above, traceparent, TRACEPARENT);
    }
    SpanContext parent = Span.fromContext(above).getSpanContext();
    String traceId = parent.isValid() ? parent.getTraceId() : random.generateTraceId();
    boolean sampled = isSampled(above, traceId);
    if (parent.isValid()) {
      return new TraceContext(traceId, parent.getSpanId(), random.generateSpanId(), sampled);
    }
    return sampled
        ? new TraceContext(traceId, "", random.generateSpanId(), true)
        : TraceContext.NONE;
  }

  private boolean isSampled(Context above, String traceId) {
    return sdk.sampler()
        .shouldSample(
            above, traceId, TraceNames.JSON_RPC, SpanKind.SERVER, Attributes.empty(), List.of())
        .getDecision()
        .equals(SamplingDecision.RECORD_AND_SAMPLE);
  }

  @Override
  public void concluded(Concluded concluded) {
    Journal journal = concluded.call().journal();
    TraceContext trace = journal.trace();
    if (!trace.sampled()) {
      return;
    }
    WallTime time = wallTime(concluded.endNanos());
    String method = concluded.call().request().method();
    String name = isKnownMethod.test(method) ? method : MetricNames.OTHER;
    record(
        new Parent(trace.parentId(), !concluded.call().moment().isShared()),
        trace,
        name,
        SpanKind.SERVER,
        time.of(journal.startNanos()),
        time.of(concluded.endNanos()),
        call(concluded, name),
        isOurFault(concluded.outcome()));
    List<Journal.Entry> attempts = journal.attempts();
    int ended = Math.min(attempts.size(), Concluded.ATTEMPTS_MAX);
    for (int i = 0; i < ended; i++) {
      attempt(attempts.get(i), concluded, name, time, false);
    }
    List<Journal.Entry> outlived = journal.outlived();
    for (int i = 0; i < Math.min(outlived.size(), Concluded.ATTEMPTS_MAX - ended); i++) {
      attempt(outlived.get(i), concluded, name, time, true);
    }
  }

  private static Attributes call(Concluded concluded, String method) {
    AttributesBuilder attributes =
        common(method)
            .put(TraceNames.NETWORK, concluded.call().network().name())
            .put(TraceNames.REQUEST_ID, concluded.requestId())
            .put(TraceNames.SERVED_BY, ServedBy.of(concluded).label());
    int code = concluded.code();
    if (code != 0) {
      attributes.put(TraceNames.STATUS_CODE, Integer.toString(code));
      attributes.put(TraceNames.ERROR_TYPE, OutcomeLabel.of(concluded));
    }
    return attributes.build();
  }

  private void attempt(
      Journal.Entry entry, Concluded concluded, String method, WallTime time, boolean outlived) {
    if (entry.spanId().isEmpty()) {
      return; // a later verdict on an attempt that has its own
    }
    AttributesBuilder attributes =
        common(method)
            .put(TraceNames.NETWORK, concluded.call().network().name())
            .put(TraceNames.PROVIDER, entry.provider());
    if (entry.hedge()) {
      attributes.put(TraceNames.HEDGE, true);
    }
    if (outlived) {
      attributes.put(TraceNames.OUTLIVED, true);
    }
    if (entry.trouble() != null) {
      attributes.put(TraceNames.ERROR_TYPE, entry.trouble().label());
    }
    TraceContext call = concluded.call().journal().trace();
    record(
        new Parent(call.spanId(), false),
        new TraceContext(call.traceId(), call.spanId(), entry.spanId(), true),
        method,
        SpanKind.CLIENT,
        time.of(entry.startNanos()),
        time.of(entry.startNanos() + entry.nanos()),
        attributes.build(),
        entry.trouble() != null);
  }

  private static AttributesBuilder common(String method) {
    return Attributes.builder()
        .put(TraceNames.SYSTEM, TraceNames.JSON_RPC)
        .put(TraceNames.PROTOCOL_VERSION, TraceNames.PROTOCOL)
        .put(TraceNames.METHOD, method);
  }

  /** What honest nodes say, and callers' mistakes, are no errors of this server. */
  private static boolean isOurFault(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer _, Outcome.Rejected _ -> false;
      case Outcome.Unserved _ -> true;
      case Outcome.Refused(var refusal) -> !Recent.isCallersMistake(refusal.kind());
    };
  }

  @Override
  public void batchConcluded(TraceContext batch, int items, long startNanos, long endNanos) {
    WallTime time = wallTime(endNanos);
    record(
        new Parent(batch.parentId(), true),
        batch,
        TraceNames.BATCH,
        SpanKind.SERVER,
        time.of(startNanos),
        time.of(endNanos),
        Attributes.builder()
            .put(TraceNames.SYSTEM, TraceNames.JSON_RPC)
            .put(TraceNames.PROTOCOL_VERSION, TraceNames.PROTOCOL)
            .put(TraceNames.BATCH_ITEMS, (long) items)
            .build(),
        false);
  }

  /**
   * The span above one that is made.
   *
   * @param remote whether it is the client's
   */
  private record Parent(String spanId, boolean remote) {

    Context context(String traceId) {
      if (spanId.isEmpty()) {
        return Context.root();
      }
      TraceFlags flags = TraceFlags.getSampled();
      TraceState none = TraceState.getDefault();
      return Context.root()
          .with(
              Span.wrap(
                  remote
                      ? SpanContext.createFromRemoteParent(traceId, spanId, flags, none)
                      : SpanContext.create(traceId, spanId, flags, none)));
    }
  }

  private void record(
      Parent parent,
      TraceContext own,
      String name,
      SpanKind kind,
      long startEpochNanos,
      long endEpochNanos,
      Attributes attributes,
      boolean failed) {
    made.incrementAndGet();
    sdk.ids().chosen(own.traceId(), own.spanId());
    try {
      Span span =
          tracer
              .spanBuilder(name)
              .setSpanKind(kind)
              .setParent(parent.context(own.traceId()))
              .setStartTimestamp(startEpochNanos, NANOSECONDS)
              .setAllAttributes(attributes)
              .startSpan();
      if (failed) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end(endEpochNanos, NANOSECONDS);
    } finally {
      sdk.ids().forget();
    }
  }

  /** The ticker's time as time of day: read once for all spans of a call, which thus fit. */
  private record WallTime(long epochNanos, long atNanos) {
    long of(long nanos) {
      return epochNanos + (nanos - atNanos);
    }
  }

  private WallTime wallTime(long endNanos) {
    Instant now = clock.instant();
    return new WallTime(SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), endNanos);
  }

  @Override
  public void close() {
    if (!sdk.provider().shutdown().join(FLUSH_SECONDS_MAX, SECONDS).isSuccess()) {
      LOG.warn("some spans had not been sent when traces ended");
    }
  }
}

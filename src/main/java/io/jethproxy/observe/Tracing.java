package io.jethproxy.observe;

import io.jethproxy.call.TraceContext;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Distributed traces: decides at the beginning of a call whether it is recorded, and makes spans of
 * its closed journal. Waits for nobody; spans for which there is no room are dropped.
 *
 * <p>No library for traces is loaded while they are off.
 */
public interface Tracing extends Observer, AutoCloseable {

  /**
   * Where spans go, and which.
   *
   * @param variables those of OpenTelemetry, {@code OTEL_…}, as the environment gives them
   * @param version of the gateway
   */
  record Config(Map<String, String> variables, String version) {

    public Config {
      variables = Map.copyOf(variables);
    }

    /** Only that there are some: headers are secret. */
    @Override
    public String toString() {
      return "Config[" + variables.size() + " variables]";
    }
  }

  /** Nothing is recorded, and nothing sent on. */
  Tracing OFF = new NoTracing();

  /**
   * Traces to a collector.
   *
   * @param isKnownMethod whether the method table has the method; must be quick
   * @param clock for the time of day at which spans end; their lengths come from the journal
   * @param nanos the time of the {@link io.jethproxy.call.Ticker}
   * @throws IllegalArgumentException when a variable does not do; the message may repeat its value
   */
  static Tracing start(
      Config config, Predicate<String> isKnownMethod, InstantSource clock, LongSupplier nanos) {
    return new SpanRecorder(TraceSdk.start(config, nanos), isKnownMethod, clock);
  }

  /** Whether there is anything to ask it for. */
  boolean isOn();

  /** What became of spans; empty while traces are off. */
  Optional<TraceCounts> counts();

  /**
   * Where a call, or a batch, begins.
   *
   * @param traceparent what the client says; what is malformed counts as nothing
   */
  TraceContext begin(String traceparent);

  /**
   * All items of a batch are answered.
   *
   * @param batch what {@link #begin} gave for it; the items are its children
   * @param startNanos when it began, in the time of the {@link io.jethproxy.call.Ticker}
   */
  void batchConcluded(TraceContext batch, int items, long startNanos, long endNanos);

  /** Sends what waits, for at most two seconds, and takes no more. */
  @Override
  void close();
}

package io.jethproxy.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * The names, labels and helps of the meters. What is read at each scrape is in {@link StateGauges},
 * {@link ChainGauges}, {@link CacheGauges}, {@link ProfileGauges}, {@link SocketGauges} and {@link
 * WebSocketGauges}.
 *
 * <p>Prometheus shows {@code jeth.requests} as {@code jeth_requests_total}, and timers in seconds.
 */
final class MetricNames {

  /** The value of a label whose values are not bounded. */
  static final String OTHER = "other";

  private static final Duration[] BUCKETS =
      LongStream.of(
              1_000,
              2_500,
              5_000,
              10_000,
              25_000,
              50_000,
              100_000,
              250_000,
              500_000,
              1_000_000,
              2_500_000,
              5_000_000,
              10_000_000,
              30_000_000,
              60_000_000)
          .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
          .toArray(Duration[]::new);

  private MetricNames() {}

  static Counter requests(
      MeterRegistry registry, String network, String methodGroup, String outcome) {
    return Counter.builder("jeth.requests")
        .description("Calls of clients by how they ended")
        .tag("network", network)
        .tag("method_group", methodGroup)
        .tag("outcome", outcome)
        .register(registry);
  }

  static Timer requestDuration(MeterRegistry registry, String network, String servedBy) {
    return Timer.builder("jeth.request.duration")
        .description("Time from reading a call to its outcome")
        .tag("network", network)
        .tag("served_by", servedBy)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  static Counter attempts(MeterRegistry registry, String network, String provider, String result) {
    return Counter.builder("jeth.attempts")
        .description("Attempts at providers by result: ok, or what was the trouble")
        .tag("network", network)
        .tag("provider", provider)
        .tag("result", result)
        .register(registry);
  }

  static Timer attemptDuration(MeterRegistry registry, String network, String provider) {
    return Timer.builder("jeth.attempt.duration")
        .description("Time from sending an attempt to its end")
        .tag("network", network)
        .tag("provider", provider)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  static Counter verifyFailures(
      MeterRegistry registry, String network, String provider, String methodGroup) {
    return Counter.builder("jeth.verify.failures")
        .description("Answers of providers that a check found to be wrong")
        .tag("network", network)
        .tag("provider", provider)
        .tag("method_group", methodGroup)
        .register(registry);
  }

  static Counter hedges(MeterRegistry registry, String network) {
    return Counter.builder("jeth.hedges")
        .description("Attempts that were started while another was pending, and ended in time")
        .tag("network", network)
        .register(registry);
  }

  static void httpConnections(MeterRegistry registry, IntSupplier connections) {
    Gauge.builder("jeth.http.connections", connections::getAsInt)
        .description("Open connections of clients")
        .register(registry);
  }

  static void logDropped(MeterRegistry registry, LongSupplier dropped) {
    FunctionCounter.builder("jeth.log.dropped", dropped, LongSupplier::getAsLong)
        .description("Log lines that did not reach their sink")
        .register(registry);
  }

  static void loki(MeterRegistry registry, LokiCounts counts) {
    FunctionCounter.builder("jeth.loki.sent.lines", counts, LokiCounts::sentLines)
        .description("Log lines that Loki took")
        .register(registry);
    for (LokiCounts.Lost why : LokiCounts.Lost.values()) {
      FunctionCounter.builder("jeth.loki.dropped.lines", counts, c -> c.lostLines(why))
          .description("Log lines that Loki will never get, by why")
          .tag("reason", why.label())
          .register(registry);
    }
    for (LokiTrouble trouble : LokiTrouble.values()) {
      FunctionCounter.builder("jeth.loki.failed.pushes", counts, c -> c.failedPushes(trouble))
          .description("Pushes to Loki that failed, by cause")
          .tag("cause", trouble.label())
          .register(registry);
    }
    Gauge.builder("jeth.loki.queue.bytes", counts, LokiCounts::waitingBytes)
        .description("About how many bytes of log lines wait for Loki")
        .register(registry);
  }

  static void traces(MeterRegistry registry, TraceCounts counts) {
    FunctionCounter.builder("jeth.traces.made.spans", counts, TraceCounts::madeSpans)
        .description("Spans that sampled calls were made into")
        .register(registry);
    FunctionCounter.builder("jeth.traces.sent.spans", counts, TraceCounts::sentSpans)
        .description("Spans that the collector took")
        .register(registry);
    FunctionCounter.builder("jeth.traces.failed.spans", counts, TraceCounts::failedSpans)
        .description("Spans that the collector did not take")
        .register(registry);
  }

  static void buildInfo(MeterRegistry registry, String version) {
    Gauge.builder("jeth.build.info", () -> 1)
        .description("Always 1; the labels say what is running")
        .tag("version", version)
        .tag("java", Runtime.version().toString())
        .register(registry);
  }
}

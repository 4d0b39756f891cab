package io.jethproxy.observe;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * OpenTelemetry's SDK, set up by its own variables: its exporter, its batches and bounded queue.
 *
 * @param provider makes spans of what was sampled before, and records all of it
 * @param sampler the one that the variables choose, for the beginning of calls
 * @param ids the provider's
 * @param delivery of what the provider was given
 */
record TraceSdk(SdkTracerProvider provider, Sampler sampler, SpanIds ids, SpanDelivery delivery) {

  /** Its own words on troubles are many; {@link SpanDelivery} says what there is to say. */
  private static final List<Logger> SILENCED =
      List.of(
          Logger.getLogger("io.opentelemetry.exporter"),
          Logger.getLogger("io.opentelemetry.sdk.trace.export"));

  private static final String SAMPLER = "otel.traces.sampler";
  private static final String USUAL_SAMPLER = "parentbased_traceidratio";

  /** One in a hundred: at thousands of calls a second there is enough to look at. */
  private static final String USUAL_RATIO = "0.01";

  /** The JDK's HTTP client, which sends them, has no gRPC. */
  private static final String USUAL_PROTOCOL = "http/protobuf";

  /** Metrics and logs go their own ways. */
  private static final Map<String, String> FIXED =
      Map.of(
          "otel.traces.exporter", "otlp",
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none");

  private static final String NAME = "jeth-proxy";

  /**
   * Starts it.
   *
   * @throws IllegalArgumentException when a variable does not do
   */
  static TraceSdk start(Tracing.Config config, LongSupplier nanos) {
    SILENCED.forEach(logger -> logger.setLevel(Level.OFF));
    SpanIds ids = new SpanIds();
    AtomicReference<Sampler> chosen = new AtomicReference<>();
    AtomicReference<SpanDelivery> delivery = new AtomicReference<>();
    try {
      SdkTracerProvider provider =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesCustomizer(_ -> properties(config.variables()))
              .addResourceCustomizer((resource, _) -> named(resource, config.version()))
              .addSamplerCustomizer((sampler, _) -> {
                chosen.set(sampler);
                return Sampler.alwaysOn();
              })
              .addSpanExporterCustomizer((exporter, _) -> {
                delivery.set(new SpanDelivery(exporter, nanos));
                return delivery.get();
              })
              .addTracerProviderCustomizer((builder, _) -> builder.setIdGenerator(ids))
              .build()
              .getOpenTelemetrySdk()
              .getSdkTracerProvider();
      return new TraceSdk(provider, chosen.get(), ids, delivery.get());
    } catch (RuntimeException refusal) {
      throw new IllegalArgumentException(String.valueOf(refusal.getMessage()), refusal);
    }
  }

  private static Map<String, String> properties(Map<String, String> variables) {
    Map<String, String> properties = new HashMap<>();
    variables.forEach(
        (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
    if (properties.putIfAbsent(SAMPLER, USUAL_SAMPLER) == null) {
      properties.putIfAbsent(SAMPLER + ".arg", USUAL_RATIO);
    }
    properties.putIfAbsent("otel.exporter.otlp.protocol", USUAL_PROTOCOL);
    properties.putAll(FIXED);
    return properties;
  }

  private static Resource named(Resource found, String version) {
    String name = found.getAttribute(TraceNames.SERVICE_NAME);
    boolean unnamed = name == null || name.startsWith("unknown_service");
    Attributes ours =
        Attributes.of(
            TraceNames.SERVICE_NAME, unnamed ? NAME : name, TraceNames.SERVICE_VERSION, version);
    return found.merge(Resource.create(ours));
  }
}

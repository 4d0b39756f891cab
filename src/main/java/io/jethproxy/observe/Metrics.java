package io.jethproxy.observe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Refusal;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the gateway, for Prometheus. Told of each call at its end; reads states when
 * scraped.
 *
 * <p>Every label is bounded: networks and providers come from the configuration, methods from the
 * method table, else they are {@code other}; reasons are enums.
 */
public final class Metrics implements Observer, AutoCloseable {

  /** Networks come from the configuration; more than these are counted together. */
  private static final int NETWORKS_MAX = 1_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Predicate<String> isKnownMethod;

  @SuppressWarnings({"unused", "FieldCanBeLocal"}) // the registry holds it weakly
  private final LongSupplier logLinesDropped;

  private final ConcurrentHashMap<String, NetworkMeters> byNetwork = new ConcurrentHashMap<>();
  private volatile Readings readings = Readings.NOTHING;
  private @Nullable JvmGcMetrics gc;

  @SuppressWarnings({"unused", "FieldCanBeLocal"}) // the registry holds it weakly
  private @Nullable LokiCounts loki;

  @SuppressWarnings({"unused", "FieldCanBeLocal"}) // the registry holds it weakly
  private @Nullable TraceCounts traces;

  /**
   * Metrics of a gateway.
   *
   * @param version of the gateway
   * @param providerStates every state that a provider can be in
   * @param isKnownMethod whether the method table has the method; must be quick
   * @param logLinesDropped see {@link Logging#droppedLines()}
   */
  public Metrics(
      String version,
      List<String> providerStates,
      Predicate<String> isKnownMethod,
      LongSupplier logLinesDropped) {
    this.isKnownMethod = isKnownMethod;
    this.logLinesDropped = logLinesDropped;
    MetricNames.buildInfo(registry, version);
    MetricNames.httpConnections(registry, () -> readings.httpConnections());
    MetricNames.logDropped(registry, logLinesDropped);
    PrometheusRegistry gauges = registry.getPrometheusRegistry();
    gauges.register(new StateGauges(providerStates, () -> readings));
    gauges.register(new ChainGauges(() -> readings));
    gauges.register(new CacheGauges(() -> readings));
    gauges.register(new ProfileGauges(() -> readings));
    gauges.register(new SocketGauges(() -> readings));
    gauges.register(new SubscriptionGauges(() -> readings));
    gauges.register(new WebSocketGauges(() -> readings));
  }

  /** From now on, scrapes read the states from here. */
  public void read(Readings current) {
    readings = current;
  }

  /** Adds the JVM's numbers. Loads JMX, some 100 ms the first time: call it after start-up. */
  public synchronized void watchJvm() {
    if (gc != null) {
      return;
    }
    gc = new JvmGcMetrics();
    gc.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /** Adds what became of the lines for Loki. */
  public synchronized void watchLoki(LokiCounts counts) {
    loki = counts;
    MetricNames.loki(registry, counts);
  }

  /** Adds what became of spans. */
  public synchronized void watchTraces(TraceCounts counts) {
    traces = counts;
    MetricNames.traces(registry, counts);
  }

  @Override
  public void concluded(Concluded concluded) {
    NetworkMeters meters = network(concluded.call().network().name());
    String group = groupOf(concluded.call());
    meters.request(group, OutcomeLabel.indexOf(concluded));
    meters.duration(ServedBy.of(concluded), concluded.durationNanos());
    meters.hedges(concluded.call().journal().hedges());
    List<Journal.Entry> attempts = concluded.call().journal().attempts();
    for (int i = 0; i < attempts.size(); i++) {
      meters.attempt(group, attempts.get(i));
    }
  }

  /** Counts the attempts of a question that was asked for those who listen, not for one client. */
  public void askedForListeners(Call call) {
    NetworkMeters meters = network(call.network().name());
    String group = groupOf(call);
    call.journal().attempts().forEach(attempt -> meters.attempt(group, attempt));
  }

  private String groupOf(Call call) {
    String method = call.request().method();
    return isKnownMethod.test(method) ? method : MetricNames.OTHER;
  }

  /** Counts what was declined before it became a call: unreadable, too big, no such path. */
  public void declined(Refusal.Kind kind) {
    network("none").request("none", OutcomeLabel.indexOf(kind));
  }

  /** All numbers in Prometheus' text format 0.0.4. Some milliseconds: not for an event loop. */
  public String scrape() {
    return registry.scrape();
  }

  private NetworkMeters network(String name) {
    NetworkMeters meters = byNetwork.get(name);
    if (meters != null) {
      return meters;
    }
    String bounded = byNetwork.size() < NETWORKS_MAX ? name : MetricNames.OTHER;
    return byNetwork.computeIfAbsent(bounded, network -> new NetworkMeters(registry, network));
  }

  @Override
  public synchronized void close() {
    if (gc != null) {
      gc.close();
    }
    registry.close();
  }
}

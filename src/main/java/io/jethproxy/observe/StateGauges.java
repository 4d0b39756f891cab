package io.jethproxy.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The gauges of providers and networks, made anew from {@link Readings} at each scrape: a provider
 * that a reload removed is gone from the next one.
 */
final class StateGauges implements MultiCollector {

  private final List<String> states;
  private final Supplier<Readings> readings;

  StateGauges(List<String> states, Supplier<Readings> readings) {
    this.states = List.copyOf(states);
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Readings now = readings.get();
    List<Readings.Provider> providers = distinct(now.providers());
    return new MetricSnapshots(
        Stream.of(
                states(providers),
                providers(
                    "jeth_provider_head",
                    "Number of the newest block that the provider has shown",
                    providers.stream().filter(provider -> provider.head().isPresent()).toList(),
                    provider -> provider.head().getAsLong()),
                providers(
                    "jeth_provider_lag_blocks",
                    "Blocks that the provider is behind the agreed head",
                    providers.stream()
                        .filter(provider -> provider.lagBlocks().isPresent())
                        .toList(),
                    provider -> provider.lagBlocks().getAsLong()),
                providers(
                    "jeth_provider_in_flight",
                    "Attempts that wait for the provider",
                    providers,
                    Readings.Provider::inFlight),
                networks(now.networks()))
            .filter(gauge -> !gauge.getDataPoints().isEmpty())
            .toList());
  }

  private MetricSnapshot states(List<Readings.Provider> providers) {
    List<GaugeDataPointSnapshot> points = new ArrayList<>();
    for (Readings.Provider provider : providers) {
      for (String state : states) {
        Labels labels =
            Labels.of("network", provider.network(), "provider", provider.id(), "state", state);
        points.add(
            new GaugeDataPointSnapshot(state.equals(provider.state()) ? 1 : 0, labels, null));
      }
    }
    return gauge("jeth_provider_state", "1 for the state that the provider is in, else 0", points);
  }

  private static MetricSnapshot providers(
      String name,
      String help,
      List<Readings.Provider> providers,
      ToDoubleFunction<Readings.Provider> value) {
    return gauge(
        name,
        help,
        providers.stream()
            .map(provider ->
                new GaugeDataPointSnapshot(
                    value.applyAsDouble(provider),
                    Labels.of("network", provider.network(), "provider", provider.id()),
                    null))
            .toList());
  }

  private static MetricSnapshot networks(List<Readings.Network> networks) {
    Map<String, GaugeDataPointSnapshot> points = new LinkedHashMap<>();
    for (Readings.Network network : networks) {
      network
          .head()
          .ifPresent(head ->
              points.put(
                  network.name(),
                  new GaugeDataPointSnapshot(head, Labels.of("network", network.name()), null)));
    }
    return gauge(
        "jeth_head", "Number of the block that is served as latest", List.copyOf(points.values()));
  }

  private static MetricSnapshot gauge(
      String name, String help, List<GaugeDataPointSnapshot> points) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    points.forEach(gauge::dataPoint);
    return gauge.build();
  }

  /** Two series with the same labels would make the whole scrape fail: the last one counts. */
  private static List<Readings.Provider> distinct(List<Readings.Provider> providers) {
    Map<List<String>, Readings.Provider> byId = new LinkedHashMap<>();
    for (Readings.Provider provider : providers) {
      byId.put(List.of(provider.network(), provider.id()), provider);
    }
    return List.copyOf(byId.values());
  }
}

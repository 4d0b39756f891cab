package io.jethproxy.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The gauges of providers and networks, made anew from {@link Readings} at each scrape: a provider
 * that a reload removed is gone from the next one. Of two with the same labels the last one counts.
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
    return Family.snapshots(
        Stream.of(
                providers(now.providers()),
                Stream.of(unidentified(now.unidentified())),
                networks(now.networks()))
            .flatMap(each -> each));
  }

  private Stream<Family> providers(List<Readings.Provider> providers) {
    Family state =
        Family.gauge("jeth_provider_state", "1 for the state that the provider is in, else 0");
    Family head =
        Family.gauge(
            "jeth_provider_head", "Number of the newest block that the provider has shown");
    Family lag =
        Family.gauge(
            "jeth_provider_lag_blocks", "Blocks that the provider is behind the agreed head");
    Family stuck =
        Family.gauge(
            "jeth_provider_stuck", "1 while its head stands still and others go on, else 0");
    Family inFlight =
        Family.gauge("jeth_provider_in_flight", "Attempts that wait for the provider");
    for (Readings.Provider provider : providers) {
      String[] labels = {"network", provider.network(), "provider", provider.id()};
      states(state, provider);
      head.add(provider.head(), labels);
      lag.add(provider.lagBlocks(), labels);
      stuck.add(provider.isStuck() ? 1 : 0, labels);
      inFlight.add(provider.inFlight(), labels);
    }
    return Stream.of(state, head, lag, stuck, inFlight);
  }

  private static Family unidentified(List<Readings.Unidentified> providers) {
    Family family =
        Family.gauge(
            "jeth_provider_unidentified",
            "1 while the provider cannot be asked for its chain, for this cause");
    providers.forEach(each -> family.add(1, "provider", each.id(), "cause", each.cause()));
    return family;
  }

  private void states(Family family, Readings.Provider provider) {
    for (String state : states) {
      family.add(
          state.equals(provider.state()) ? 1 : 0,
          "network",
          provider.network(),
          "provider",
          provider.id(),
          "state",
          state);
    }
  }

  private static Stream<Family> networks(List<Readings.Network> networks) {
    Family head = Family.gauge("jeth_head", "Number of the block that is served as latest");
    Family age =
        Family.gauge("jeth_head_unchanged_seconds", "For how long the agreed head has been that");
    Family stalled =
        Family.gauge("jeth_head_stalled", "1 while no provider's head moves for too long, else 0");
    for (Readings.Network network : networks) {
      head.add(network.head(), "network", network.name());
      if (network.head().isPresent()) {
        age.add(network.headMillis() / 1_000.0, "network", network.name());
        stalled.add(network.isStalled() ? 1 : 0, "network", network.name());
      }
    }
    return Stream.of(head, age, stalled);
  }
}

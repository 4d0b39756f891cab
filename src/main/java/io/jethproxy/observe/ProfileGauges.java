package io.jethproxy.observe;

import io.jethproxy.verify.Profile;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Which checks hold on each network, at each scrape. */
final class ProfileGauges implements MultiCollector {

  private final Supplier<Readings> readings;

  ProfileGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Family states =
        Family.gauge("jeth_verify_profile", "1 for the state that a check is in, else 0");
    for (Readings.Verification each : readings.get().verifications()) {
      each.states()
          .forEach((aspect, now) -> {
            for (Profile.State state : Profile.State.values()) {
              states.add(
                  state == now ? 1 : 0,
                  "network",
                  each.network(),
                  "aspect",
                  word(aspect),
                  "state",
                  word(state));
            }
          });
    }
    return Family.snapshots(Stream.of(states));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

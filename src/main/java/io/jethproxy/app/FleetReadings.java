package io.jethproxy.app;

import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Vitals;
import io.jethproxy.observe.Readings;
import io.jethproxy.server.Listener;
import java.util.List;
import java.util.OptionalLong;

/** The states of the running gateway as the metrics read them. */
record FleetReadings(Fleets fleets, Listener rpc) implements Readings {

  @Override
  public List<Provider> providers() {
    return fleets.all().stream()
        .flatMap(fleet -> fleet.providers().stream().map(provider -> reading(fleet, provider)))
        .toList();
  }

  private static Provider reading(Fleet fleet, io.jethproxy.fleet.Provider provider) {
    Vitals vitals = provider.vitals();
    boolean known = vitals.head() >= 0 && fleet.agreedHead() >= 0;
    return new Provider(
        fleet.network().name(),
        vitals.identity().id(),
        vitals.condition().label(),
        optional(vitals.head()),
        known ? OptionalLong.of(fleet.lag(provider)) : OptionalLong.empty(),
        vitals.inFlight());
  }

  @Override
  public List<Network> networks() {
    return fleets.all().stream()
        .map(fleet -> new Network(fleet.network().name(), optional(fleet.agreedHead())))
        .toList();
  }

  private static OptionalLong optional(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }

  @Override
  public int httpConnections() {
    return rpc.connections();
  }
}

package io.jethproxy.server;

import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.JsonText;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the process should get traffic. {@code /health} says that it lives and is not about to
 * stop; {@code /ready} that it can answer for at least one network, and if not, why.
 */
public final class Health {

  private static final HttpAnswer OK = HttpAnswer.json(200, Payload.of("{\"status\":\"OK\"}"));
  private static final HttpAnswer DRAINING =
      HttpAnswer.json(503, Payload.of("{\"status\":\"DRAINING\"}"));

  private final Fleets fleets;
  private volatile boolean draining;
  private volatile boolean warm;

  public Health(Fleets fleets) {
    this.fleets = fleets;
  }

  /** From now on balancers are told to send traffic elsewhere. */
  public void startDraining() {
    draining = true;
  }

  /** The start is over; before this nothing is ready. */
  public void started() {
    warm = true;
  }

  HttpAnswer health() {
    return draining ? DRAINING : OK;
  }

  HttpAnswer ready() {
    List<NetworkReadiness> networks = networks();
    boolean anyReady = networks.stream().anyMatch(NetworkReadiness::isReady);
    boolean ready = warm && !draining && anyReady;
    return HttpAnswer.json(ready ? 200 : 503, Payload.of(json(ready, networks)));
  }

  private String json(boolean ready, List<NetworkReadiness> networks) {
    StringBuilder json = new StringBuilder(256);
    json.append("{\"ready\":").append(ready);
    if (!ready) {
      json.append(",\"reason\":").append(JsonText.quote(reason(networks)));
    }
    json.append(",\"networks\":{");
    String comma = "";
    for (NetworkReadiness network : networks) {
      json.append(comma).append(network.json());
      comma = ",";
    }
    json.append("},\"awaitingProviders\":").append(fleets.isAwaitingProviders());
    return json.append('}').toString();
  }

  private String reason(List<NetworkReadiness> networks) {
    if (draining) {
      return "draining";
    }
    if (!warm) {
      return "starting";
    }
    return networks.isEmpty() ? "no provider has told its chain yet" : "no provider in use";
  }

  private List<NetworkReadiness> networks() {
    List<NetworkReadiness> all = new ArrayList<>();
    fleets.all().forEach(fleet -> all.add(NetworkReadiness.of(fleet)));
    return all;
  }

  /** How one network stands. */
  private record NetworkReadiness(String name, long chainId, long head, long inUse, int providers) {

    static NetworkReadiness of(Fleet fleet) {
      return new NetworkReadiness(
          fleet.network().name(),
          fleet.network().chainId(),
          fleet.agreedHead(),
          fleet.providers().stream().filter(NetworkReadiness::isInUse).count(),
          fleet.providers().size());
    }

    private static boolean isInUse(Provider provider) {
      return switch (provider.vitals().condition()) {
        // Throttled may mean slower only, and a busy provider is a working one.
        case HEALTHY, RECOVERING, BUSY, METHOD_CLOSED, METHOD_TROUBLE -> true;
        case THROTTLED -> provider.quietNanos() == 0;
        case EJECTED,
            QUOTA_EXHAUSTED,
            BILLING,
            AUTH,
            SYNCING,
            WRONG_CHAIN,
            FORKED,
            UNIDENTIFIED,
            BEHIND ->
            false;
      };
    }

    boolean isReady() {
      return inUse > 0 && head >= 0;
    }

    String json() {
      StringBuilder json = new StringBuilder(128);
      json.append(JsonText.quote(name)).append(":{\"ready\":").append(isReady());
      json.append(",\"chainId\":").append(chainId);
      json.append(",\"head\":").append(head < 0 ? "null" : Long.toString(head));
      json.append(",\"providersInUse\":").append(inUse);
      json.append(",\"providers\":").append(providers);
      if (!isReady()) {
        json.append(",\"reason\":");
        json.append(JsonText.quote(inUse == 0 ? "no provider in use" : "head not known yet"));
      }
      return json.append('}').toString();
    }
  }
}

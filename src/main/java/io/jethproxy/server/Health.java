package io.jethproxy.server;

import io.jethproxy.chain.Unidentified;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.rpc.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the process should get traffic. {@code /health} says that it lives and is not about to
 * stop; {@code /ready} that it can answer for at least one network and knows which one a path
 * without a network means, and if not, why.
 */
public final class Health {

  private static final HttpAnswer OK = HttpAnswer.json(200, Payload.of("{\"status\":\"OK\"}"));
  private static final HttpAnswer DRAINING =
      HttpAnswer.json(503, Payload.of("{\"status\":\"DRAINING\"}"));

  /** A body is for people: more than these are only counted. */
  private static final int NAMED_MAX = 10;

  private final Fleets fleets;
  private final Supplier<List<Network>> unserved;
  private final Supplier<List<Unidentified>> unidentified;
  private volatile boolean draining;
  private volatile boolean warm;

  /**
   * @param unserved chains that are configured, but have nobody to ask
   * @param unidentified providers that have not told their chain yet
   */
  public Health(
      Fleets fleets, Supplier<List<Network>> unserved, Supplier<List<Unidentified>> unidentified) {
    this.fleets = fleets;
    this.unserved = unserved;
    this.unidentified = unidentified;
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
    boolean ready = warm && !draining && anyReady && fleets.defaultNetwork().isPresent();
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
    for (Network network : unserved.get()) {
      json.append(comma).append(NetworkReadiness.unserved(network));
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
    return lack(networks) + troubles();
  }

  private static String lack(List<NetworkReadiness> networks) {
    if (networks.isEmpty()) {
      return "no provider has told its chain yet";
    }
    return networks.stream().anyMatch(NetworkReadiness::isReady)
        ? "the default network is not known before every provider has told its chain"
        : "no provider in use";
  }

  /** Why providers do not tell their chain: ids and words only. */
  private String troubles() {
    List<Unidentified> known =
        unidentified.get().stream().filter(each -> each.cause().isPresent()).toList();
    if (known.isEmpty()) {
      return "";
    }
    String named =
        known.stream()
            .limit(NAMED_MAX)
            .map(each -> each.providerId() + " (" + each.causeLabel() + ")")
            .collect(Collectors.joining(", "));
    int more = known.size() - NAMED_MAX;
    return ": " + named + (more > 0 ? " and " + more + " more" : "");
  }

  private List<NetworkReadiness> networks() {
    List<NetworkReadiness> all = new ArrayList<>();
    fleets.all().forEach(fleet -> all.add(NetworkReadiness.of(fleet)));
    return all;
  }
}

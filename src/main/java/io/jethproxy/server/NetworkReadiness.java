package io.jethproxy.server;

import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.JsonText;

/**
 * How one network stands: what {@code /ready} says of it.
 *
 * @param head the agreed head; -1 when not known
 * @param inUse how many of its providers may be asked
 * @param stalled whether the head has stood still for too long; such a network is served on
 * @param headMillis for how long the head has been the same
 */
record NetworkReadiness(
    String name,
    long chainId,
    long head,
    int inUse,
    int providers,
    boolean stalled,
    long headMillis) {

  static NetworkReadiness of(Fleet fleet) {
    return new NetworkReadiness(
        fleet.network().name(),
        fleet.network().chainId(),
        fleet.agreedHead(),
        (int) fleet.providers().stream().filter(NetworkReadiness::isInUse).count(),
        fleet.providers().size(),
        fleet.isHeadStalled(),
        fleet.headStillMillis());
  }

  /** What is said of a chain that has a socket, and no provider over HTTP. */
  static String unserved(Network network) {
    return JsonText.quote(network.name())
        + ":{\"ready\":false,\"chainId\":"
        + network.chainId()
        + ",\"head\":null,\"providersInUse\":0,\"providers\":0,"
        + "\"reason\":\"only a socket: no provider over HTTP\"}";
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
    } else if (stalled) {
      json.append(",\"degraded\":\"head stalled\",\"headMillis\":").append(headMillis);
    }
    return json.append('}').toString();
  }
}

package io.jethproxy.server;

import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.JsonText;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How one network stands: what {@code /ready} says of it.
 *
 * @param head the agreed head; -1 when not known
 * @param inUse how many of its providers may be asked
 * @param stalled whether no provider in use has shown a new block for long; such a network is
 *     served on
 */
record NetworkReadiness(
    String name, long chainId, long head, int inUse, int providers, boolean stalled) {

  /** A chain may miss some blocks in a row. */
  private static final int MISSED_BLOCKS = 10;

  private static final long STALL_NANOS_MIN = TimeUnit.SECONDS.toNanos(30);

  static NetworkReadiness of(Fleet fleet) {
    List<Provider> inUse = fleet.providers().stream().filter(NetworkReadiness::isInUse).toList();
    return new NetworkReadiness(
        fleet.network().name(),
        fleet.network().chainId(),
        fleet.agreedHead(),
        inUse.size(),
        fleet.providers().size(),
        isStalled(fleet, inUse));
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

  private static boolean isStalled(Fleet fleet, List<Provider> inUse) {
    long blockNanos = TimeUnit.MILLISECONDS.toNanos(fleet.network().blockTimeMillis());
    long newest =
        inUse.stream().mapToLong(Provider::headAgeNanos).filter(age -> age >= 0).min().orElse(0);
    return newest > Math.max(STALL_NANOS_MIN, MISSED_BLOCKS * blockNanos);
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
      json.append(",\"degraded\":\"head stalled\"");
    }
    return json.append('}').toString();
  }
}

package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Vitals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * The status page's JSON: every provider's state and why, what the networks agree on, and the calls
 * that did not go straight through. Knows providers by their ids only.
 */
public final class Status implements Supplier<String> {

  private final String version;
  private final List<String> pipeline;
  private final List<String> providerIds;
  private final Fleets fleets;
  private final Chains chains;
  private final Ticker ticker;
  private final Supplier<?> recent;
  private final long startNanos;
  private final JsonMapper mapper = new JsonMapper();

  /**
   * @param pipeline the names of the stages
   * @param providerIds all that are configured, identified or not
   * @param recent the latest calls of interest, as values that become JSON
   */
  public Status(
      String version,
      List<String> pipeline,
      List<String> providerIds,
      Fleets fleets,
      Chains chains,
      Ticker ticker,
      Supplier<?> recent) {
    this.version = version;
    this.pipeline = pipeline;
    this.providerIds = providerIds;
    this.fleets = fleets;
    this.chains = chains;
    this.ticker = ticker;
    this.recent = recent;
    this.startNanos = ticker.nanos();
  }

  @Override
  public String get() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("version", version);
    status.put("uptimeSeconds", ticker.millisSince(startNanos) / 1_000);
    status.put("pipeline", pipeline);
    List<Fleet> all = fleets.all();
    status.put("networks", all.stream().map(this::network).toList());
    status.put("unidentified", unidentified(all));
    status.put("recent", recent.get());
    return mapper.writeValueAsString(status);
  }

  private List<String> unidentified(List<Fleet> all) {
    return providerIds.stream()
        .filter(id -> all.stream().noneMatch(fleet -> fleet.provider(id).isPresent()))
        .toList();
  }

  private Map<String, Object> network(Fleet fleet) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", fleet.network().name());
    json.put("chainId", fleet.network().chainId());
    json.put("head", known(fleet.agreedHead()));
    json.put("chain", ChainStatus.of(chains.of(fleet.network().chainId())));
    json.put("providers", fleet.providers().stream().map(p -> provider(fleet, p)).toList());
    return json;
  }

  private static Map<String, Object> provider(Fleet fleet, Provider provider) {
    Vitals vitals = provider.vitals();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", vitals.identity().id());
    json.put("vendor", vitals.identity().vendor());
    json.put("tier", vitals.identity().tier().name().toLowerCase(java.util.Locale.ROOT));
    json.put("weight", vitals.identity().weight());
    json.put("state", vitals.condition().label());
    json.put("cause", vitals.cause());
    json.put("stateMillis", vitals.conditionMillis());
    json.put("pauseMillis", vitals.pauseMillis());
    json.put("head", known(vitals.head()));
    json.put("lagBlocks", fleet.lag(provider));
    json.put("headMillis", known(vitals.headMillis()));
    json.put("inFlight", vitals.inFlight());
    json.put("share", vitals.share());
    json.put("latencyMicros", byName(vitals.latencyMicros()));
    json.put("p95Micros", byName(vitals.p95Micros()));
    json.put("successes", vitals.successes());
    json.put("failures", vitals.failures());
    json.put("methods", vitals.methods().stream().map(Status::mark).toList());
    return json;
  }

  private static Map<String, Object> mark(Vitals.MethodMark mark) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("method", mark.method());
    json.put("state", mark.reason().label());
    json.put("pauseMillis", mark.pauseMillis());
    return json;
  }

  private static Map<String, Long> byName(Map<? extends Enum<?>, Long> byPace) {
    Map<String, Long> named = new TreeMap<>();
    byPace.forEach(
        (pace, value) -> named.put(pace.name().toLowerCase(java.util.Locale.ROOT), value));
    return named;
  }

  private static Object known(long value) {
    return value < 0 ? "unknown" : (Object) value;
  }
}

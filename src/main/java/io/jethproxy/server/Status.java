package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Unidentified;
import io.jethproxy.fleet.Fleet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * The status page's JSON: every provider's state and why, what the networks agree on and what is
 * kept of their chains, what was answered without a provider, and the calls that did not go
 * straight through. Knows providers by their ids only.
 */
public final class Status implements Supplier<String> {

  private final String version;
  private final List<String> pipeline;
  private final Insight insight;
  private final ProviderStatus providers;
  private final Ticker ticker;
  private final Supplier<?> recent;
  private final long startNanos;
  private final JsonMapper mapper = new JsonMapper();

  /**
   * @param pipeline the names of the stages
   * @param recent the latest calls of interest, as values that become JSON
   */
  public Status(
      String version, List<String> pipeline, Insight insight, Ticker ticker, Supplier<?> recent) {
    this.version = version;
    this.pipeline = pipeline;
    this.insight = insight;
    this.providers = new ProviderStatus(insight, ticker);
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
    List<Fleet> all = insight.fleets().all();
    status.put("networks", all.stream().map(this::network).toList());
    status.put(
        "unidentified", insight.unidentified().get().stream().map(this::unidentified).toList());
    status.put("sockets", sockets());
    status.put("cache", insight.cache().map(CacheStatus::of).orElse(Map.of()));
    status.put("coalesce", insight.coalesce().map(CacheStatus::of).orElse(Map.of()));
    status.put("ownTransactions", ownTransactions());
    status.put("subscriptions", SubscriptionStatus.of(insight.subscriptions().numbers()));
    status.put("recent", recent.get());
    return mapper.writeValueAsString(status);
  }

  private Map<String, Object> unidentified(Unidentified provider) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", provider.providerId());
    json.put("cause", provider.causeLabel());
    json.put("sinceMillis", ticker.millisSince(provider.sinceNanos()));
    return json;
  }

  private List<Map<String, Object>> sockets() {
    return insight.sockets().vitals().stream()
        .map(vitals -> SocketStatus.of(vitals, insight.sockets().networks(), ticker))
        .toList();
  }

  private Map<String, Object> ownTransactions() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kept", insight.remember().ownTransactions());
    json.put("bytes", insight.remember().ownTransactionBytes());
    return json;
  }

  private Map<String, Object> network(Fleet fleet) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", fleet.network().name());
    json.put("chainId", fleet.network().chainId());
    json.put("head", fleet.agreedHead() < 0 ? "unknown" : (Object) fleet.agreedHead());
    json.put("headMillis", fleet.headStillMillis());
    json.put("headStalled", fleet.isHeadStalled());
    json.put("chain", ChainStatus.of(insight, fleet.network().chainId()));
    json.put("following", CostStatus.of(insight.following(), fleet));
    json.put("listening", CostStatus.of(insight.listening(), fleet));
    json.put("surveys", CostStatus.of(insight.surveying(), fleet));
    json.put("verification", ProfileStatus.of(insight.verify(), fleet.network()));
    json.put("providers", fleet.providers().stream().map(p -> providers.of(fleet, p)).toList());
    return json;
  }
}

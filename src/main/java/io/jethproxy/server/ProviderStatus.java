package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Offers.Family;
import io.jethproxy.fleet.Past;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.Vitals;
import io.jethproxy.survey.Survey;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the status page says of one provider. */
final class ProviderStatus {

  private final Insight insight;
  private final Ticker ticker;

  ProviderStatus(Insight insight, Ticker ticker) {
    this.insight = insight;
    this.ticker = ticker;
  }

  Map<String, Object> of(Fleet fleet, Provider provider) {
    Vitals vitals = provider.vitals();
    Map<String, Object> json = new LinkedHashMap<>();
    identify(json, vitals);
    head(json, fleet, provider, vitals);
    json.put("inFlight", vitals.inFlight());
    json.put("share", vitals.share());
    json.put("latencyMicros", byName(vitals.latencyMicros()));
    json.put("p95Micros", byName(vitals.p95Micros()));
    json.put("successes", vitals.successes());
    json.put("failures", vitals.failures());
    json.put("methods", vitals.methods().stream().map(ProviderStatus::mark).toList());
    json.put("following", CostStatus.of(insight.following().of(vitals.identity().id())));
    json.put("listening", CostStatus.of(insight.listening().of(vitals.identity().id())));
    json.put("surveys", surveys(vitals.identity().id()));
    learned(json, vitals);
    return json;
  }

  private static void identify(Map<String, Object> json, Vitals vitals) {
    json.put("id", vitals.identity().id());
    json.put("vendor", vitals.identity().vendor());
    json.put("tier", word(vitals.identity().tier()));
    json.put("weight", vitals.identity().weight());
    json.put("state", vitals.condition().label());
    json.put("cause", vitals.cause());
    json.put("stateMillis", vitals.conditionMillis());
    json.put("pauseMillis", vitals.pauseMillis());
  }

  private void head(Map<String, Object> json, Fleet fleet, Provider provider, Vitals vitals) {
    json.put("head", known(vitals.head()));
    json.put("headState", fleet.headState(provider).label());
    json.put("lagBlocks", fleet.lag(provider));
    json.put("headMillis", known(vitals.headMillis()));
    insight
        .chains()
        .of(fleet.network().chainId())
        .map((ChainLog log) -> log.reach(provider.id()))
        .ifPresent(reach -> json.put("onChainUpTo", known(reach)));
  }

  private Map<String, Object> surveys(String id) {
    Map<String, Object> json = new LinkedHashMap<>();
    Survey survey = insight.surveys().get(id);
    if (survey == null) {
      json.put("state", "off");
      return json;
    }
    Survey.Progress progress = survey.progress();
    json.put("state", word(progress.phase()));
    json.put("stateMillis", ticker.millisSince(progress.sinceNanos()));
    json.put("questions", progress.questions());
    json.putAll(CostStatus.of(insight.surveying().of(id)));
    return json;
  }

  /** What surveys and its answers showed: what it keeps, and what it offers. */
  private void learned(Map<String, Object> json, Vitals vitals) {
    Map<Past, Long> floors = insight.holdings().floors(vitals.identity().id());
    Map<String, Object> earliest = new LinkedHashMap<>();
    for (Past past : Past.values()) {
      earliest.put(word(past), known(floors.getOrDefault(past, -1L)));
    }
    json.put("earliestBlocks", earliest);
    Map<String, Object> offers = new LinkedHashMap<>();
    offers.put("debug", offered(vitals, Family.DEBUG, "debug_"));
    offers.put("trace", offered(vitals, Family.TRACE, "trace_"));
    offers.put("proofs", offered(vitals, Family.PROOFS, "eth_getProof"));
    offers.put("blockReceipts", offered(vitals, Family.BLOCK_RECEIPTS, "eth_getBlockReceipts"));
    json.put("offers", offers);
    json.put("askedByNumber", insight.forms().refusedBy(vitals.identity().id()));
    long range = insight.ranges().blocksMax(vitals.identity());
    json.put("logBlocksMax", range == RangeLimits.UNLIMITED ? "unlimited" : (Object) range);
  }

  /** Before a survey only a refusal is certain: what nobody asked for may be there or not. */
  private String offered(Vitals vitals, Family family, String prefix) {
    Optional<Boolean> found = insight.offers().offers(vitals.identity().id(), family);
    boolean refused =
        vitals.methods().stream()
            .anyMatch(
                mark -> mark.reason() == Reason.METHOD_CLOSED && mark.method().startsWith(prefix));
    if (found.isPresent()) {
      return found.get() ? "offered" : "refused";
    }
    return refused ? "refused" : "not refused";
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
    byPace.forEach((pace, value) -> named.put(word(pace), value));
    return named;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Object known(long value) {
    return value < 0 ? "unknown" : (Object) value;
  }
}

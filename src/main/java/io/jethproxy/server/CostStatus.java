package io.jethproxy.server;

import io.jethproxy.chain.DailyCost;
import io.jethproxy.chain.Expenses;
import io.jethproxy.fleet.Fleet;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the status page says of the cost of what the gateway asks for a purpose of its own. */
final class CostStatus {

  private CostStatus() {}

  /** At all providers of a network together. */
  static Map<String, Object> of(Expenses expenses, Fleet fleet) {
    return of(
        fleet.providers().stream()
            .map(provider -> expenses.of(provider.id()))
            .reduce(DailyCost.NOTHING, DailyCost::plus));
  }

  static Map<String, Object> of(DailyCost cost) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requestsPerDay", cost.requestsPerDay());
    json.put("alchemyComputeUnitsPerDay", cost.computeUnitsPerDay());
    return json;
  }
}

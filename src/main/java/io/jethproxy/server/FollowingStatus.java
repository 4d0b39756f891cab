package io.jethproxy.server;

import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.FollowingCost;
import io.jethproxy.fleet.Fleet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What the status page says of the cost of following a chain, and of surveys. */
final class FollowingStatus {

  private FollowingStatus() {}

  /** At all providers of a network together. */
  static Map<String, Object> of(Expenses expenses, Fleet fleet) {
    return of(sum(fleet, expenses::of));
  }

  /** Surveys of all providers of a network together. */
  static Map<String, Object> ofSurveys(Expenses expenses, Fleet fleet) {
    return of(sum(fleet, expenses::ofSurveys));
  }

  private static FollowingCost sum(Fleet fleet, Function<String, FollowingCost> cost) {
    return fleet.providers().stream()
        .map(provider -> cost.apply(provider.id()))
        .reduce(FollowingCost.NOTHING, FollowingCost::plus);
  }

  static Map<String, Object> of(FollowingCost cost) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requestsPerDay", cost.requestsPerDay());
    json.put("alchemyComputeUnitsPerDay", cost.computeUnitsPerDay());
    return json;
  }
}

package io.jethproxy.eth;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What one vendor, Alchemy, charges for a method, in its compute units, from {@code
 * compute-units.json}: a measure of cost that can be compared. Only methods that the gateway asks
 * on its own account are listed. Immutable.
 */
public final class ComputeUnits {

  /** What most reads cost. */
  private static final int USUAL = 20;

  private final Map<String, Integer> byMethod;

  private ComputeUnits(Map<String, Integer> byMethod) {
    this.byMethod = Map.copyOf(byMethod);
  }

  /** Reads the resource. */
  public static ComputeUnits load() {
    Map<String, Integer> byMethod = new HashMap<>();
    for (JsonNode row : DataFile.rows("compute-units.json")) {
      byMethod.put(row.required("method").asString(), row.required("units").asInt());
    }
    return new ComputeUnits(byMethod);
  }

  /** The units of one call, 0 or more; those of a usual read for a method that is not listed. */
  public int of(String method) {
    return byMethod.getOrDefault(method, USUAL);
  }
}

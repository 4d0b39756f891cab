package io.jethproxy.fleet;

import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;

/** How many logs a filter is likely to find in a block, by what it names. */
public enum Density {
  /** Every log is wanted. */
  EVERYTHING,
  ADDRESS,
  TOPICS,
  ADDRESS_AND_TOPICS;

  /**
   * That of a filter object as clients send it.
   *
   * @param filter valid JSON
   */
  public static Density of(RawJson filter) {
    boolean hasTopics = names(Slices.member(filter, "topics"));
    if (names(Slices.member(filter, "address"))) {
      return hasTopics ? ADDRESS_AND_TOPICS : ADDRESS;
    }
    return hasTopics ? TOPICS : EVERYTHING;
  }

  private static boolean names(RawJson value) {
    return switch (value.first()) {
      case '"' -> true;
      case '[' -> Slices.elements(value).stream().anyMatch(Density::names);
      default -> false;
    };
  }
}

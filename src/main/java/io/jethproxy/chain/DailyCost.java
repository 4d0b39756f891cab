package io.jethproxy.chain;

/**
 * What a purpose of the gateway's own costs a day, if it goes on as it did lately.
 *
 * @param requestsPerDay questions to providers, 0 or more
 * @param computeUnitsPerDay the same in compute units of Alchemy, 0 or more
 */
public record DailyCost(long requestsPerDay, long computeUnitsPerDay) {

  public static final DailyCost NOTHING = new DailyCost(0, 0);

  /** Both together. */
  public DailyCost plus(DailyCost other) {
    return new DailyCost(
        requestsPerDay + other.requestsPerDay, computeUnitsPerDay + other.computeUnitsPerDay);
  }
}

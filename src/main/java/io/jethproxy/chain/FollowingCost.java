package io.jethproxy.chain;

/**
 * What the gateway's own questions cost a day, if they go on as they did lately.
 *
 * @param requestsPerDay questions to providers, 0 or more
 * @param computeUnitsPerDay the same in compute units of Alchemy, 0 or more
 */
public record FollowingCost(long requestsPerDay, long computeUnitsPerDay) {

  public static final FollowingCost NOTHING = new FollowingCost(0, 0);

  /** Both together. */
  public FollowingCost plus(FollowingCost other) {
    return new FollowingCost(
        requestsPerDay + other.requestsPerDay, computeUnitsPerDay + other.computeUnitsPerDay);
  }
}

package io.jethproxy.subscribe;

import java.util.Map;

/**
 * What is done for those who listen to one network, for the status and the metrics.
 *
 * @param network its name
 * @param open subscriptions by their kind, such as {@code newHeads}
 * @param told notifications since the start
 * @param lost lines that were ended because what was to be told next could not be had
 * @param isWaiting whether new logs wait for a block whose logs are not all known
 * @param lastFanOutNanos how long it took lately until all of an event loop were told of a block
 * @param worstFanOutNanos the longest that it took since the start
 */
public record Numbers(
    String network,
    Map<String, Integer> open,
    long told,
    long lost,
    boolean isWaiting,
    long lastFanOutNanos,
    long worstFanOutNanos) {

  public Numbers {
    open = Map.copyOf(open);
  }
}

package io.jethproxy.subscribe;

import java.util.List;
import java.util.Map;

/**
 * What is done for those who listen to one network, for the status and the metrics.
 *
 * @param network its name
 * @param open subscriptions by their kind, such as {@code newHeads}
 * @param told notifications since the start
 * @param lost lines that were ended because what was to be told next could not be had
 * @param isWaiting whether new logs wait for a block whose logs are not all known, for all who
 *     listen or for some
 * @param fanOuts of heads and of logs
 */
public record Numbers(
    String network,
    Map<String, Integer> open,
    long told,
    long lost,
    boolean isWaiting,
    List<FanOut> fanOuts) {

  public Numbers {
    open = Map.copyOf(open);
    fanOuts = List.copyOf(fanOuts);
  }

  /**
   * How long blocks took from becoming part of the chain here until all who listen were told, in
   * nanoseconds; blocks of which nobody was told do not count.
   *
   * @param kind of the subscriptions
   * @param boundsNanos ascending
   * @param counts how many blocks took no longer than the bound and longer than the one before it;
   *     one more than there are bounds, for those that took longer than the last
   * @param sumNanos of all
   * @param lastNanos of the last one
   * @param worstNanos the longest since the start
   */
  public record FanOut(
      String kind,
      List<Long> boundsNanos,
      List<Long> counts,
      long sumNanos,
      long lastNanos,
      long worstNanos) {

    public FanOut {
      boundsNanos = List.copyOf(boundsNanos);
      counts = List.copyOf(counts);
    }
  }
}

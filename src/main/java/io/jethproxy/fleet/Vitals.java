package io.jethproxy.fleet;

import io.jethproxy.eth.MethodSpec;
import java.util.List;
import java.util.Map;

/**
 * What was known of a provider at one moment, for readers.
 *
 * @param identity who it is
 * @param condition its state as a whole
 * @param cause what brought that about: a trouble's label; empty when nothing ever did
 * @param conditionMillis for how long it has been so
 * @param pauseMillis how long until it may be asked again, 0 when it may now
 * @param identified whether its chain is proven to be the right one
 * @param inFlight attempts under way
 * @param latencyMicros estimated latency by pace; a pace without samples is absent
 * @param p95Micros recent 95th percentile by pace; a pace without enough samples is absent
 * @param successes attempts that were answered, from the start
 * @param failures attempts that were not, from the start; given-up ones are in neither
 * @param head its latest block; -1 when not known
 * @param headMillis for how long the head has been that; -1 when not known
 * @param share its share of the usual traffic, below 1 while it returns
 * @param methods methods that are out or limited there
 */
public record Vitals(
    Identity identity,
    Reason condition,
    String cause,
    long conditionMillis,
    long pauseMillis,
    boolean identified,
    int inFlight,
    Map<MethodSpec.Pace, Long> latencyMicros,
    Map<MethodSpec.Pace, Long> p95Micros,
    long successes,
    long failures,
    long head,
    long headMillis,
    double share,
    List<MethodMark> methods) {

  public Vitals {
    latencyMicros = Map.copyOf(latencyMicros);
    p95Micros = Map.copyOf(p95Micros);
    methods = List.copyOf(methods);
  }

  /**
   * A method that is out or limited at a provider that serves others.
   *
   * @param pauseMillis how long until it is tried again
   */
  public record MethodMark(String method, Reason reason, long pauseMillis) {}
}

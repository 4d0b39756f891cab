package io.jethproxy.observe;

import io.jethproxy.subscribe.Numbers;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is done for those who listen, at each scrape. */
final class SubscriptionGauges implements MultiCollector {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Supplier<Readings> readings;

  SubscriptionGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Family open = Family.gauge("jeth_subscriptions", "Subscriptions of clients by their kind");
    Family told =
        Family.counter("jeth_notifications", "Notifications that were told to subscribers");
    Family lost =
        Family.counter(
            "jeth_subscribers_lost",
            "Connections that ended because what was to be told next could not be had");
    Family waiting =
        Family.gauge(
            "jeth_subscription_logs_waiting",
            "1 while new logs wait for a block whose logs are not all known, else 0");
    Family last =
        Family.gauge(
            "jeth_subscription_fanout_seconds",
            "How long it took lately until all subscribers of an event loop were told of a block");
    Family worst = Family.gauge("jeth_subscription_fanout_seconds_max", "The longest that it took");
    for (Numbers each : readings.get().subscriptions()) {
      each.open()
          .forEach((kind, count) -> open.add(count, "network", each.network(), "kind", kind));
      told.add(each.told(), "network", each.network());
      lost.add(each.lost(), "network", each.network());
      waiting.add(each.isWaiting() ? 1 : 0, "network", each.network());
      last.add(each.lastFanOutNanos() / NANOS_PER_SECOND, "network", each.network());
      worst.add(each.worstFanOutNanos() / NANOS_PER_SECOND, "network", each.network());
    }
    return Family.snapshots(Stream.of(open, told, lost, waiting, last, worst));
  }
}

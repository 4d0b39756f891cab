package io.jethproxy.observe;

import io.jethproxy.subscribe.Numbers;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
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
    Family worst =
        Family.gauge(
            "jeth_subscription_fanout_seconds_max",
            "The longest that it took from a block's arrival until all subscribers were told");
    HistogramSnapshot.Builder fanOut =
        HistogramSnapshot.builder()
            .name("jeth_subscription_fanout_seconds")
            .help("Time from a block's becoming part of the chain until all subscribers were told");
    for (Numbers each : readings.get().subscriptions()) {
      each.open()
          .forEach((kind, count) -> open.add(count, "network", each.network(), "kind", kind));
      told.add(each.told(), "network", each.network());
      lost.add(each.lost(), "network", each.network());
      waiting.add(each.isWaiting() ? 1 : 0, "network", each.network());
      for (Numbers.FanOut kind : each.fanOuts()) {
        String[] labels = {"network", each.network(), "kind", kind.kind()};
        worst.add(kind.worstNanos() / NANOS_PER_SECOND, labels);
        fanOut.dataPoint(histogram(kind, Labels.of(labels)));
      }
    }
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    Family.snapshots(Stream.of(open, told, lost, waiting, worst)).forEach(all::metricSnapshot);
    return all.metricSnapshot(fanOut.build()).build();
  }

  private static HistogramDataPointSnapshot histogram(Numbers.FanOut fanOut, Labels labels) {
    List<Double> bounds = new ArrayList<>();
    fanOut.boundsNanos().forEach(nanos -> bounds.add(nanos / NANOS_PER_SECOND));
    bounds.add(Double.POSITIVE_INFINITY);
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, fanOut.counts()))
        .sum(fanOut.sumNanos() / NANOS_PER_SECOND)
        .labels(labels)
        .build();
  }
}

package io.jethproxy.observe;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The samples of one metric at one scrape. The last of two with equal labels counts. */
final class Family {

  private enum Kind {
    GAUGE,
    COUNTER
  }

  private final Kind kind;
  private final String name;
  private final String help;
  private final Map<Labels, Double> samples = new LinkedHashMap<>();

  private Family(Kind kind, String name, String help) {
    this.kind = kind;
    this.name = name;
    this.help = help;
  }

  static Family gauge(String name, String help) {
    return new Family(Kind.GAUGE, name, help);
  }

  /**
   * @param name without {@code _total}, which is shown behind it
   */
  static Family counter(String name, String help) {
    return new Family(Kind.COUNTER, name, help);
  }

  /**
   * Adds a sample.
   *
   * @param labels names and values in turn
   */
  Family add(double value, String... labels) {
    samples.put(Labels.of(labels), value);
    return this;
  }

  /** As {@link #add(double, String...)}; exact up to 2^53. */
  Family add(long value, String... labels) {
    return add((double) value, labels);
  }

  /** Adds a sample if there is one. */
  Family add(OptionalLong value, String... labels) {
    value.ifPresent(known -> add(known, labels));
    return this;
  }

  /** All that have a sample. */
  static MetricSnapshots snapshots(Stream<Family> families) {
    List<MetricSnapshot> shown =
        families.filter(family -> !family.samples.isEmpty()).map(Family::snapshot).toList();
    return new MetricSnapshots(shown);
  }

  private MetricSnapshot snapshot() {
    return switch (kind) {
      case GAUGE -> gauge();
      case COUNTER -> counter();
    };
  }

  private MetricSnapshot gauge() {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    samples.forEach(
        (labels, value) -> gauge.dataPoint(new GaugeDataPointSnapshot(value, labels, null)));
    return gauge.build();
  }

  private MetricSnapshot counter() {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    samples.forEach((labels, value) ->
        counter.dataPoint(new CounterDataPointSnapshot(value, labels, null, 0L)));
    return counter.build();
  }
}

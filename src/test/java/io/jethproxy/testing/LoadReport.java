package io.jethproxy.testing;

import io.jethproxy.testing.OpenLoop.Sample;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What came of a run of {@link OpenLoop}.
 *
 * @param samples in the order of their ids
 */
public record LoadReport(List<Sample> samples) {

  public LoadReport {
    samples = samples.stream().sorted(Comparator.comparingLong(Sample::id)).toList();
  }

  /** Only the samples that were due in this part of the run. */
  public LoadReport between(Duration from, Duration to) {
    return where(s -> s.dueNanos() >= from.toNanos() && s.dueNanos() < to.toNanos());
  }

  public LoadReport where(Predicate<Sample> wanted) {
    return new LoadReport(samples.stream().filter(wanted).toList());
  }

  public int count() {
    return samples.size();
  }

  /** Requests without a result. */
  public List<Sample> failed() {
    return samples.stream().filter(Sample::failed).toList();
  }

  /** Answers that do not carry exactly the id that was sent. */
  public List<Sample> wrongIds() {
    return samples.stream().filter(sample -> !sample.idEchoed()).toList();
  }

  /** How often each kind of failure came. */
  public Map<String, Long> failures() {
    return failed().stream()
        .collect(Collectors.groupingBy(Sample::failure, TreeMap::new, Collectors.counting()));
  }

  /**
   * The latency that this share of the answered requests did not exceed (nearest rank); zero when
   * there are none.
   *
   * @param percent such as 99.9
   */
  public Duration latency(double percent) {
    long[] sorted =
        samples.stream()
            .filter(sample -> sample.status() > 0)
            .mapToLong(Sample::latencyNanos)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return Duration.ZERO;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return Duration.ofNanos(sorted[Math.clamp(rank - 1, 0, sorted.length - 1)]);
  }

  /** How many requests were under way at the same time at most: more when the machine is slow. */
  public long mostUnderWay() {
    return samples.stream().mapToLong(last -> underWay(last.dueNanos())).max().orElse(0);
  }

  private long underWay(long atNanos) {
    return samples.stream()
        .filter(each -> each.dueNanos() <= atNanos)
        .filter(each -> atNanos < each.dueNanos() + each.latencyNanos())
        .count();
  }

  /** One line for people. */
  @Override
  public String toString() {
    return "%d requests, %d wrong ids, %d failed %s, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms"
        .formatted(
            count(),
            wrongIds().size(),
            failed().size(),
            failures(),
            millis(50),
            millis(99),
            millis(99.9));
  }

  private double millis(double percent) {
    return latency(percent).toNanos() / 1e6;
  }
}

package io.jethproxy.acceptance;

import io.jethproxy.testing.RunningGateway;
import java.util.List;
import java.util.stream.Stream;

/** The samples of {@code /metrics} at one moment. */
record Scrape(List<String> lines) {

  static Scrape of(RunningGateway gateway) {
    return new Scrape(gateway.management().get("/metrics").text().lines().toList());
  }

  /**
   * The sum of a metric's samples that have these labels, in any order; 0 when there is none.
   *
   * @param labels such as {@code method="eth_call"}
   */
  double sum(String name, String... labels) {
    return lines.stream()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}

package io.jethproxy.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What happens on the WebSockets of clients, at each scrape. */
final class WebSocketGauges implements MultiCollector {

  private final Supplier<Readings> readings;

  WebSocketGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Readings.WebSockets now = readings.get().webSockets();
    Family closed = Family.counter("jeth_websocket_closes", "WebSockets that have ended, by why");
    now.closed().forEach((reason, count) -> closed.add(count, "reason", reason));
    return Family.snapshots(
        Stream.of(
            Family.gauge("jeth_websocket_connections", "Open WebSockets of clients")
                .add(now.open()),
            Family.counter("jeth_websocket_messages", "Messages of clients, and to them")
                .add(now.messagesIn(), "direction", "in")
                .add(now.messagesOut(), "direction", "out"),
            closed));
  }
}

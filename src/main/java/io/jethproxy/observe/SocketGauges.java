package io.jethproxy.observe;

import io.jethproxy.hints.SocketState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The sockets to providers, at each scrape. */
final class SocketGauges implements MultiCollector {

  private final Supplier<Readings> readings;

  SocketGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Family states =
        Family.gauge("jeth_socket_state", "1 for the state that a provider's socket is in, else 0");
    Family reconnects =
        Family.counter("jeth_socket_reconnects", "How often a provider's socket was opened anew");
    Family notices =
        Family.counter("jeth_socket_notices", "New blocks that a provider's socket told of");
    Family ignored =
        Family.counter("jeth_socket_ignored", "Messages of a provider's socket of no use");
    for (Readings.Socket socket : readings.get().sockets()) {
      String[] labels = {"network", socket.network(), "socket", socket.id()};
      for (SocketState state : SocketState.values()) {
        states.add(
            state.label().equals(socket.state()) ? 1 : 0,
            "network",
            socket.network(),
            "socket",
            socket.id(),
            "state",
            state.label());
      }
      reconnects.add(socket.reconnects(), labels);
      notices.add(socket.notices(), labels);
      ignored.add(socket.ignored(), labels);
    }
    return Family.snapshots(Stream.of(states, reconnects, notices, ignored));
  }
}

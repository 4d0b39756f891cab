package io.jethproxy.observe;

import io.jethproxy.call.TraceContext;
import java.util.Optional;

/** Traces are off. */
final class NoTracing implements Tracing {

  @Override
  public boolean isOn() {
    return false;
  }

  @Override
  public Optional<TraceCounts> counts() {
    return Optional.empty();
  }

  @Override
  public TraceContext begin(String traceparent) {
    return TraceContext.NONE;
  }

  @Override
  public void concluded(Concluded concluded) {}

  @Override
  public void batchConcluded(TraceContext batch, int items, long startNanos, long endNanos) {}

  @Override
  public void close() {}
}

package io.jethproxy.acceptance;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A light load of a provider without any gateway, beside what a test measures: what becomes slow
 * here is the machine. Runs from its start to its close.
 */
final class Control implements AutoCloseable {

  private static final int PER_SECOND = 40;

  /** A call through the gateway crosses more threads than one that goes straight. */
  private static final int HOPS = 6;

  private final FakeProvider provider = FakeProvider.start();
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<LoadReport> report =
      CompletableFuture.supplyAsync(
          () ->
              OpenLoop.on(provider.port(), "/", PER_SECOND, FaultBed::mixed)
                  .runWhile(() -> !over.get()),
          action -> Thread.ofPlatform().daemon().name("control").start(action));

  /** Ends it and says how much later than on an idle machine a call may come. */
  Duration allowance() {
    over.set(true);
    return report.join().latency(95).multipliedBy(HOPS);
  }

  @Override
  public void close() {
    over.set(true);
    report.join();
    provider.close();
  }
}

package io.jethproxy.testing;

import io.jethproxy.transport.Loops;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Waits, while a test's clock stands still, until all that a gateway and its providers say to each
 * other is said and heard: whatever happens next needs the clock. So a turn of the clock never
 * overtakes an answer, however slow the machine is.
 */
final class Stillness implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What one loop hands to another, and that one back, ends within so many looks. */
  private static final int LOOKS = 3;

  private final List<LoopGate> gates;

  Stillness(Loops loops) {
    gates = loops.all().stream().map(loop -> new LoopGate(loops, loop)).toList();
  }

  void await(Collection<FakeProvider> providers) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long said = -1;
    for (int still = 0; still < LOOKS; ) {
      gates.forEach(LoopGate::pass);
      providers.forEach(FakeProvider::takeWhoConnects);
      boolean isHeard = providers.stream().allMatch(FakeProvider::isStill);
      long now = providers.stream().mapToLong(FakeProvider::bytesHeard).sum();
      still = isHeard && now == said ? still + 1 : 0;
      said = now;
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("gateway and providers did not come to rest in " + PATIENCE);
      }
    }
  }

  @Override
  public void close() {
    gates.forEach(LoopGate::close);
  }
}

package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.consistency.Rig.Found;
import io.jethproxy.testing.RunningGateway;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The shipped gateway before three real nodes that lag, fork, reorganise, hang, die and answer
 * badly, one after the other in an order of chance: whoever reads through it sees one chain.
 *
 * <p>{@code -Dconsistency.seed=…} repeats a run, {@code -Dlong.runs=true} makes five of five
 * minutes each instead of one of 45 seconds.
 */
class GatewayConsistencyTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final int RUNS = LONG ? 5 : 1;
  private static final int ROUNDS = LONG ? 3 : 1;
  private static final Duration BLOCK_TIME = Duration.ofMillis(LONG ? 1_000 : 400);
  private static final Duration PAUSE = Duration.ofMillis(LONG ? 20 : 40);
  private static final double FAILED_SHARE_MAX = 0.001;

  /** One gateway as shipped and one without a cache: neither may show anything else (G10). */
  @Test
  @Timeout(2_700)
  void showsOneChainWhateverHappensToTheProviders() throws InterruptedException {
    for (int run = 0; run < RUNS; run++) {
      for (Found found : run(Rig.seedOr(System.nanoTime() & 0xffff) + run)) {
        assertThat(found.violations()).as("violations of " + found.target()).isEmpty();
        assertThat(found.failedShare())
            .as("share of errors of " + found.target())
            .isLessThan(FAILED_SHARE_MAX);
      }
    }
  }

  /** Both before the same nodes at the same time, so that they meet the same faults. */
  private static List<Found> run(long seed) throws InterruptedException {
    Random random = new Random(seed);
    try (Rig rig = new Rig(seed, BLOCK_TIME, 2);
        RunningGateway cached =
            RunningGateway.builder().cached().yaml(independent(rig.conductor().urls())).start();
        RunningGateway plain =
            RunningGateway.builder().yaml(independent(rig.conductor().urls())).start()) {
      rig.use("gateway", cached.port(), PAUSE);
      rig.use("gateway-without-cache", plain.port(), PAUSE);
      for (int round = 0; round < ROUNDS; round++) {
        rig.suffer(Nemesis.all(random, rig.conductor().nodeCount()));
      }

      List<Found> found = rig.found();
      System.out.println("  " + rig.story());
      found.forEach(one -> System.out.println(rig.report(one)));
      return found;
    }
  }

  /** On one machine they would pass for one group otherwise. */
  private static String independent(List<String> urls) {
    return IntStream.range(0, urls.size())
        .mapToObj(i -> "  - { url: \"%s\", group: \"group-%d\" }\n".formatted(urls.get(i), i))
        .collect(Collectors.joining("", "providers:\n", ""));
  }
}

package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.consistency.Rig.Found;
import io.jethproxy.testing.RunningGateway;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped gateway before three real nodes that lag, fork, reorganise, hang, die and answer
 * badly, one after the other in an order of chance: whoever reads through it sees one chain.
 *
 * <p>{@code -Dconsistency.seed=…} repeats a run, {@code -Dlong.runs=true} makes five of five
 * minutes each instead of one of 45 seconds, and all that twice.
 */
class GatewayConsistencyTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final int RUNS = LONG ? 5 : 1;
  private static final int ROUNDS = LONG ? 3 : 1;
  private static final Duration BLOCK_TIME = Duration.ofMillis(LONG ? 1_000 : 400);
  private static final Duration PAUSE = Duration.ofMillis(LONG ? 20 : 40);
  private static final int SUBSCRIBERS = 3;
  private static final long SEED = Rig.seedOr(System.nanoTime() & 0xffff);

  /** As shipped and without a cache: neither may show anything else (G10). */
  @ParameterizedTest(name = "with {0} MiB of cache")
  @ValueSource(ints = {128, 0})
  @Timeout(2_700)
  void showsOneChainWhateverHappensToTheProviders(int cacheMebibytes) throws InterruptedException {
    for (int run = 0; run < RUNS; run++) {
      Found found = run(SEED + run, cacheMebibytes);

      assertThat(found.violations()).as("violations").isEmpty();
      assertThat(found.shortcomings()).as("availability").isEmpty();
    }
  }

  private static Found run(long seed, int cacheMebibytes) throws InterruptedException {
    Random random = new Random(seed);
    try (Rig rig = new Rig(seed, BLOCK_TIME, 1);
        RunningGateway gateway =
            RunningGateway.builder()
                .cached()
                .yaml(
                    "chain: {cacheMebibytesMax: %d}\n".formatted(cacheMebibytes)
                        + independent(rig.conductor().urls()))
                .start()) {
      String target = "gateway-cache-" + cacheMebibytes;
      rig.use(target, gateway.port(), PAUSE);
      rig.listen(target, URI.create("ws://127.0.0.1:" + gateway.port()), SUBSCRIBERS);
      for (int round = 0; round < ROUNDS; round++) {
        rig.suffer(Nemesis.all(random, rig.conductor().nodeCount()));
      }

      Found found = rig.found().getFirst();
      System.out.println("  " + rig.story());
      System.out.println(rig.report(found));
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

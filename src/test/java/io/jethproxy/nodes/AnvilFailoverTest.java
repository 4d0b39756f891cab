package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Anvil;
import io.jethproxy.testing.AnvilTrio;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.RunningGateway;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three real nodes that agree, the shipped gateway before them, a constant rate of mixed reads, and
 * in turn a node that is killed, stopped, lags, forks and starts anew: no client sees any of it.
 *
 * <p>{@code -Dfailover.rate=…} sets the requests per second, {@code -Dlong.runs=true} goes on for
 * five minutes.
 */
class AnvilFailoverTest {

  private static final long CHAIN = 31337;
  private static final int PER_SECOND = Integer.getInteger("failover.rate", 300);
  private static final Duration BLOCK_TIME = Duration.ofMillis(500);
  private static final int ROUNDS = Boolean.getBoolean("long.runs") ? 14 : 1;

  /** What happens to a node, and how it is made good. */
  private record Fault(String name, IntConsumer begin, IntConsumer end) {}

  private AnvilTrio trio;
  private Truth truth;
  private MixedReads reads;
  private final StringBuilder story = new StringBuilder();
  private long startNanos;
  private volatile boolean storyGoesOn = true;

  private final List<Fault> faults =
      List.of(
          new Fault(
              "killed",
              i -> {
                trio.lag(i);
                trio.node(i).kill();
              },
              i -> trio.restart(i)),
          new Fault(
              "stopped",
              i -> {
                trio.lag(i);
                trio.node(i).stop();
              },
              i -> {
                trio.node(i).cont();
                trio.catchUp(i);
              }),
          new Fault("lagging", i -> trio.lag(i), i -> trio.catchUp(i)),
          new Fault("forked", this::fork, i -> trio.catchUp(i)),
          new Fault("restarted", i -> trio.restart(i), i -> {}));

  @BeforeEach
  void start() {
    trio = AnvilTrio.start(CHAIN);
    truth = new Truth(trio, CHAIN);
    reads = new MixedReads(truth, 4711);
  }

  @AfterEach
  void stop() {
    storyGoesOn = false;
    if (trio != null) {
      trio.close();
    }
  }

  @Test
  @Timeout(900)
  void answersEveryRequestRightWhileOneNodeAfterAnotherFails() {
    String providers =
        trio.nodes().stream().map(node -> node.uri().toString()).collect(Collectors.joining(","));
    try (RunningGateway gateway =
        RunningGateway.builder().cached().set("RPC_PROVIDERS_HTTP", providers).start()) {
      mine(4);
      CompletableFuture<LoadReport> load = load(gateway);

      startNanos = System.nanoTime();
      mineFor(3);
      for (int round = 0; round < ROUNDS; round++) {
        for (int f = 0; f < faults.size(); f++) {
          suffer(faults.get(f), (f + round) % 3);
        }
      }
      storyGoesOn = false;

      LoadReport report = load.join();
      System.out.println(
          "real nodes, one failing after another: %s; of the next block, by anvil's race: %s"
              .formatted(report, reads.excused()));
      assertThat(reads.excused().size())
          .as("answers of the next block, by a race of the node; %s", reads.excused())
          .isLessThanOrEqualTo(Math.max(3, report.samples().size() / 1_000));
      assertThat(reads.wrong().stream().limit(20)).as("wrong answers; %s", story).isEmpty();
      assertThat(report.failed().stream().limit(20))
          .as("failed %s; %s; %s", report.failures(), story, gateway.status())
          .isEmpty();
      assertThat(report.wrongIds()).isEmpty();
    }
  }

  private CompletableFuture<LoadReport> load(RunningGateway gateway) {
    OpenLoop load =
        OpenLoop.on(gateway.port(), "/", PER_SECOND, reads::question).heardBy(reads::hear);
    return CompletableFuture.supplyAsync(
        () -> load.runWhile(() -> storyGoesOn), Thread::startVirtualThread);
  }

  private void suffer(Fault fault, int i) {
    note("node " + i + " " + fault.name());
    fault.begin().accept(i);
    mineFor(5);
    fault.end().accept(i);
    note("node " + i + " healed");
    mineFor(3);
  }

  /** Loses touch, then comes back with more blocks than the others, of its own. */
  private void fork(int i) {
    trio.lag(i);
    mineFor(2);
    trio.fork(i, 0, 5);
  }

  private void note(String what) {
    story.append("%.2f s: %s; ".formatted((System.nanoTime() - startNanos) / 1e9, what));
  }

  private void mine(int count) {
    for (int i = 0; i < count; i++) {
      truth.mine(follower());
    }
  }

  /** Mines block after block at the pace of the chain. */
  private void mineFor(int count) {
    for (int i = 0; i < count; i++) {
      long next = System.nanoTime() + BLOCK_TIME.toNanos();
      truth.mine(follower());
      while (System.nanoTime() - next < 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private Anvil follower() {
    return trio.followers().findFirst().map(trio::node).orElseThrow();
  }
}

package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.nodes.Balancer;
import io.jethproxy.nodes.GatewayProcess;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row W8: replicas are restarted one after the other, and who goes on elsewhere loses nothing. */
class RollingRestartTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final int ROLLS = LONG ? 20 : 4;
  private static final int CLIENTS = 10;
  private static final int BLOCKS = 4;
  private static final int WARM_UP_BLOCKS_MAX = 100;
  private static final Duration BLOCK_TIME = Duration.ofMillis(400);
  private static final Duration PAUSE = Duration.ofMillis(60);

  @TempDir private Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  @Timeout(900)
  void losesNothingWhenReplicasAreRestartedInTurnAndTheChainIsReorganised() throws Exception {
    Rig rig = opened(new Rig(Rig.seedOr(System.nanoTime() & 0xffff), BLOCK_TIME, 1));
    Balancer balancer = opened(new Balancer());
    Deque<GatewayProcess> replicas = new ArrayDeque<>();
    for (int i = 0; i < 2; i++) {
      replicas.add(added(balancer, replica(rig.conductor())));
    }
    rig.use("replicas", balancer.port(), PAUSE);
    History history = new History();
    HttpClient http = HttpClient.newHttpClient();
    open.push(http::shutdownNow);
    List<Resumer> resumers =
        Resumer.several(CLIENTS, balancer.port(), rig.conductor().purse(), history, http);
    for (int i = 0; i < WARM_UP_BLOCKS_MAX && !resumers.stream().allMatch(Resumer::hasHeard); i++) {
      rig.grow(1);
    }

    for (int roll = 0; roll < ROLLS; roll++) {
      GatewayProcess next = replica(rig.conductor());
      rig.grow(1);
      added(balancer, next);
      GatewayProcess old = replicas.remove();
      replicas.add(next);
      old.terminate();
      rig.grow(BLOCKS / 2);
      rig.conductor().reorg(2, 3, 0);
      rig.grow(BLOCKS);
      assertThat(old.exitCode()).isZero();
      balancer.remove(old);
    }
    rig.grow(BLOCKS);

    rig.found(); // ends the traffic
    resumers.forEach(Resumer::close);
    System.out.println("  " + rig.story());
    Checker checker = new Checker(rig.conductor().oracle(), rig.conductor().purse(), rig.slack());
    assertThat(checker.check(history.ops())).isEmpty();
    assertThat(resumers).allMatch(each -> each.resumed() >= ROLLS / 2, "went on");
  }

  private static GatewayProcess added(Balancer balancer, GatewayProcess replica) {
    balancer.add(replica);
    return replica;
  }

  private GatewayProcess replica(Conductor nodes) {
    return opened(
        GatewayProcess.builder()
            .yaml(directory.resolve("replica.yaml"), "drainSeconds: 1\n" + Program.providers(nodes))
            .start());
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}

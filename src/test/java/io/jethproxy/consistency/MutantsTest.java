package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G12_IDEMPOTENT_SEND;
import static io.jethproxy.consistency.Guarantee.G1_MONOTONIC_HEAD;
import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G3_READ_AFTER_HEAD;
import static io.jethproxy.consistency.Guarantee.G6_COMPLETE_LOGS;
import static io.jethproxy.consistency.Guarantee.G7_ONE_FORK_PER_BATCH;
import static io.jethproxy.consistency.Guarantee.G8_FINALITY;
import static io.jethproxy.consistency.Guarantee.G9_EACH_EVENT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.consistency.Rig.Found;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The checker is checked: gateways as they are often written, before the same three real nodes at
 * the same time, are all caught, and a careful one, before a node that never fails, is not.
 */
class MutantsTest {

  private static final Duration BLOCK_TIME = Duration.ofMillis(400);
  private static final Duration PAUSE = Duration.ofMillis(60);

  @Test
  @Timeout(180)
  void catchesEachMutantAndNotTheCarefulOne() throws InterruptedException {
    SmallProxy.Way pinned = SmallProxy.pinned();
    Map<String, SmallProxy.Way> ways = new LinkedHashMap<>();
    ways.put("careful", pinned);
    ways.put("round-robin", SmallProxy.roundRobin());
    ways.put("stale-cache", SmallProxy.staleCache(pinned, Duration.ofSeconds(2)));
    ways.put("swapped-items", SmallProxy.swappedItems(pinned));
    ways.put("lagging-retry", SmallProxy.retryOnAnother(pinned, 2));
    ways.put("now-and-then", SmallProxy.failsNowAndThen(pinned, 100));
    ways.put("long-breaker", SmallProxy.longBreaker(1, Duration.ofSeconds(3)));

    List<Found> found = run(ways);

    assertThat(found).extracting(Found::target).containsExactlyElementsOf(ways.keySet());
    assertThat(found.get(0).violations()).as("careful").isEmpty();
    assertThat(found.get(0).shortcomings()).as("careful").isEmpty();
    assertThat(found.get(1).counts())
        .as("round-robin")
        .containsKeys(
            G1_MONOTONIC_HEAD,
            G2_NO_PHANTOM,
            G3_READ_AFTER_HEAD,
            G6_COMPLETE_LOGS,
            G8_FINALITY,
            G12_IDEMPOTENT_SEND);
    assertThat(found.get(2).counts()).as("stale-cache").containsKeys(G1_MONOTONIC_HEAD);
    assertThat(found.get(3).counts()).as("swapped-items").containsKeys(G7_ONE_FORK_PER_BATCH);
    assertThat(found.get(4).counts()).as("lagging-retry").containsKeys(G3_READ_AFTER_HEAD);
    assertThat(found.get(5).violations()).as("now-and-then").isEmpty();
    assertThat(found.get(5).shortcomings())
        .as("now-and-then")
        .anyMatch(each -> each.contains("of the calls failed"));
    assertThat(found.get(6).shortcomings())
        .as("long-breaker")
        .anyMatch(each -> each.startsWith("after ERRORS_AT_200 1 "));
  }

  /**
   * Listeners of three: a gateway that follows one node with care, one that now and then connects
   * anew and begins where the node is then, and no gateway at all: the node's own subscriptions.
   */
  @Test
  @Timeout(180)
  void catchesSubscriptionsThatLoseOrForwardAndNotTheCarefulOnes() throws InterruptedException {
    try (Rig rig = new Rig(Rig.seedOr(4711), BLOCK_TIME, 2)) {
      Conductor nodes = rig.conductor();
      int node = nodes.ports().getFirst();
      AtomicInteger polls = new AtomicInteger();
      SmallSockets careful = new SmallSockets(node, SmallFeed::poll);
      SmallSockets forgetful =
          new SmallSockets(
              node,
              feed -> {
                if (polls.incrementAndGet() % 50 == 0) {
                  feed.forget();
                }
                feed.poll();
              });
      rig.use("careful", new SmallProxy(nodes.ports(), SmallProxy.pinned()).port(), PAUSE);
      rig.listen("careful", careful.uri(), 3);
      rig.listen("forgetful", forgetful.uri(), 3);
      rig.listen("forwarding", nodes.sockets().getFirst(), 3);

      rig.suffer(List.of(Nemesis.none(), Nemesis.reorg(2, 3, 500), Nemesis.reorg(3, 3, 500)));

      List<Found> found = rig.found();
      careful.close();
      forgetful.close();
      System.out.println("  " + rig.story());
      found.forEach(each -> System.out.println(rig.report(each)));
      assertThat(found.get(0).violations()).as("careful").isEmpty();
      assertThat(found.get(1).counts()).as("forgetful").containsKeys(G9_EACH_EVENT_ONCE);
      assertThat(found.get(2).counts()).as("forwarding").containsKeys(G9_EACH_EVENT_ONCE);
    }
  }

  private static List<Found> run(Map<String, SmallProxy.Way> ways) throws InterruptedException {
    try (Rig rig = new Rig(Rig.seedOr(4711), BLOCK_TIME, ways.size())) {
      List<SmallProxy> proxies =
          ways.values().stream().map(way -> new SmallProxy(rig.conductor().ports(), way)).toList();
      int i = 0;
      for (String name : ways.keySet()) {
        rig.use(name, proxies.get(i++).port(), PAUSE);
      }

      rig.suffer(
          List.of(
              Nemesis.lag(2, 5),
              Nemesis.reorg(2, 3, 500),
              Nemesis.fork(1),
              Nemesis.fault(1, NodeDoor.Fault.ERRORS_AT_200),
              Nemesis.lag(2, 8)));

      List<Found> found = rig.found();
      proxies.forEach(SmallProxy::close);
      System.out.println("  " + rig.story());
      found.forEach(each -> System.out.println(rig.report(each)));
      return found;
    }
  }
}

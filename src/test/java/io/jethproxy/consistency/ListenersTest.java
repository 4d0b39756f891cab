package io.jethproxy.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.consistency.Rig.Found;
import io.jethproxy.nodes.Client;
import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that listen over WebSocket, while of three real nodes one after the other is killed and
 * stopped and comes back, and the chain is reorganised: each hears of every block and every log
 * once and in order, over the one connection and the one subscription with which it began.
 */
class ListenersTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final int ROUNDS = LONG ? 10 : 1;
  private static final int CLIENTS = Integer.getInteger("listeners.clients", 100);
  private static final Duration BLOCK_TIME = Duration.ofMillis(LONG ? 1_000 : 400);
  private static final Duration PAUSE = Duration.ofMillis(LONG ? 60 : 40);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WARM_UP_BLOCKS_MAX = 100;
  private static final long SEED = Rig.seedOr(System.nanoTime() & 0xffff);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** Blocks and logs each; over the nodes' sockets, and by polling alone. */
  @Test
  @Timeout(3_000)
  void aHundredHearEachEventOnceWhileProvidersDieAndTheChainIsReorganised() throws Exception {
    Rig rig = opened(new Rig(SEED, BLOCK_TIME, 1));
    RunningGateway sockets = opened(gateway(withSockets(rig.conductor())));
    RunningGateway polling = opened(gateway(withoutSockets(rig.conductor())));
    rig.use("sockets", sockets.port(), PAUSE);
    rig.listen("sockets", uri(sockets), CLIENTS);
    rig.listen("polling", uri(polling), CLIENTS / 10);

    for (int round = 0; round < ROUNDS; round++) {
      rig.suffer(inTurn());
    }

    List<Found> found = rig.found();
    System.out.println("  " + rig.story());
    for (Found each : found) {
      System.out.println(rig.report(each));
      assertThat(each.violations()).as(each.target()).isEmpty();
    }
  }

  @Test
  @Timeout(300)
  void everyLibraryHearsEachEventOnceWithoutConnectingAgain() throws Exception {
    Rig rig = opened(new Rig(SEED, BLOCK_TIME, 1));
    RunningGateway gateway = opened(gateway(withSockets(rig.conductor())));
    rig.use("gateway", gateway.port(), PAUSE);
    List<Testimony> libraries = libraries(uri(gateway).toString(), rig.conductor());
    for (int i = 0; i < WARM_UP_BLOCKS_MAX && !allHear(libraries); i++) {
      rig.grow(1);
    }

    rig.suffer(inTurn());

    for (Testimony library : libraries) {
      await(library + " is at the newest block", () -> isUpToDate(library, rig.conductor().tip()));
      assertThat(library.failure()).as(library.name()).isEmpty();
      Oracle oracle = rig.conductor().oracle();
      Checker checker = new Checker(oracle, rig.conductor().purse(), rig.slack());
      assertThat(checker.check(library.ops(oracle))).as(library.name()).isEmpty();
      assertInOrder(library.numbers(), oracle);
      library.client().goOn();
      library.client().await("done");
      assertThat(library.client().exitCode()).as(library.name()).isZero();
    }
    Found found = rig.found().getFirst();
    System.out.println(rig.report(found));
    assertThat(found.violations()).isEmpty();
  }

  /** Each node once. */
  private static List<Nemesis> inTurn() {
    return List.of(
        Nemesis.kill(0),
        Nemesis.reorg(2, 3, 300),
        Nemesis.stop(1),
        Nemesis.reorg(3, 3, 300),
        Nemesis.kill(2),
        Nemesis.reorgWhileKilled(1, 2, 2));
  }

  private List<Testimony> libraries(String url, Conductor conductor) throws IOException {
    String contract = conductor.purse().contract();
    List<Testimony> libraries = new ArrayList<>();
    for (String library : List.of("viem", "ethers", "web3")) {
      String file = "listen-" + library + ".mjs";
      libraries.add(testimony(library, Client.javaScript(file, library, url, contract)));
    }
    libraries.add(testimony("web3j", Client.web3jWith("Web3jListen.java", url, contract)));
    return libraries;
  }

  private Testimony testimony(String name, Client client) {
    return new Testimony(name, opened(client), System.nanoTime());
  }

  private static boolean allHear(List<Testimony> libraries) {
    return libraries.stream().allMatch(Testimony::hasHeardBoth);
  }

  private static boolean isUpToDate(Testimony library, Block tip) {
    return library.failure().isPresent()
        || library
            .lastBlock()
            .filter(last -> last.equals(tip.hash()) || last.equals(Long.toString(tip.number())))
            .isPresent();
  }

  /** One number after the other, but once for each reorganisation from where the branches part. */
  private static void assertInOrder(List<Long> numbers, Oracle oracle) {
    List<Long> partings =
        new ArrayList<>(oracle.reorgs().stream().map(r -> r.ancestor().number()).toList());
    for (int i = 1; i < numbers.size(); i++) {
      long before = numbers.get(i) - 1;
      assertThat(numbers.get(i - 1) == before || partings.remove(before))
          .as("%d after %d", numbers.get(i), numbers.get(i - 1))
          .isTrue();
    }
  }

  private static RunningGateway gateway(Stream<String> providers) {
    String yaml = providers.map("  - { %s }\n"::formatted).collect(Collectors.joining());
    return RunningGateway.builder().cached().yaml("providers:\n" + yaml).start();
  }

  private static Stream<String> withoutSockets(Conductor nodes) {
    List<String> urls = nodes.urls();
    return IntStream.range(0, urls.size())
        .mapToObj(i -> "url: \"%s\", group: \"group-%d\"".formatted(urls.get(i), i));
  }

  private static Stream<String> withSockets(Conductor nodes) {
    List<String> urls = withoutSockets(nodes).toList();
    List<URI> sockets = nodes.sockets();
    return IntStream.range(0, urls.size())
        .mapToObj(i -> "%s, ws: \"%s\"".formatted(urls.get(i), sockets.get(i)));
  }

  private static URI uri(RunningGateway gateway) {
    return URI.create("ws://127.0.0.1:" + gateway.port());
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("in time: " + what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}

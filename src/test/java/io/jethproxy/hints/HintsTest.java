package io.jethproxy.hints;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a socket tells makes the gateway look at once, look less often, and believe nothing. */
class HintsTest {

  private final SocketRig rig = new SocketRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private int asked() {
    return rig.one.count() + rig.two.count();
  }

  private void forgetAsked() {
    Stream.of(rig.one, rig.two).forEach(FakeProvider::forgetAsked);
  }

  @Test
  void aBlockIsKnownWithoutWaitingForTheNextLook() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);

    rig.world.mine();

    rig.awaitHead(gateway);
  }

  @Test
  void aBlockRightBehindAnotherIsKnownAtOnceToo() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);

    for (int i = 0; i < 3; i++) {
      rig.world.mine();

      rig.awaitHead(gateway);
    }
  }

  @Test
  void aSocketOfOneProviderHasTheOthersLookedAtToo() {
    RunningGateway gateway = rig.withSockets(rig.one);
    rig.mining(gateway, 24, 12);

    rig.world.mine();

    rig.awaitHead(gateway);
  }

  @Test
  void aSocketOfNobodyHasAllLookedAt() {
    try (FakeProvider third = rig.with(FakeProvider.start(rig.world))) {
      RunningGateway gateway = rig.withSockets(third);
      rig.mining(gateway, 24, 12);

      rig.world.mine();

      rig.awaitHead(gateway);
      assertThat(SocketRig.socket(gateway, 0).path("id").asString()).isEqualTo("ws-1");
      assertThat(third.asked().stream().map(asked -> asked.httpMethod())).containsOnly("WS");
    }
  }

  @Test
  void aBlockThatAProviderHasALittleLaterIsFoundAsSoonAsWithoutSockets() {
    FakeWorld behind = FakeWorld.ofChain(1);
    try (FakeProvider late = rig.with(FakeProvider.start(behind))) {
      RunningGateway gateway =
          rig.started(
              RunningGateway.before(rig.one, late)
                  .ticker(rig.ticker)
                  .cached()
                  .set("RPC_PROVIDERS_WS", rig.one.wsUrl()),
              1);
      for (int i = 0; i < 3; i++) {
        behind.mine();
        rig.world.mine();
        rig.mining(gateway, 12, 100);
      }

      rig.world.mine();
      rig.mining(gateway, 3, 100);
      behind.mine();
      rig.mining(gateway, 2, 100);

      assertThat(rig.head(gateway)).isEqualTo(rig.world.head());
    }
  }

  @Test
  void blocksThatAreMadeUpAreLookedForEverMoreRarely() {
    RunningGateway gateway = rig.withSockets(rig.one);
    rig.mining(gateway, 36, 12);
    forgetAsked();

    for (int i = 0; i < 80; i++) {
      rig.one.sockets().tellHeads("{\"hash\":\"0x%064x\"}".formatted(0xabcd + i));
      gateway.settle(rig.one, rig.two);
      rig.ticker.advanceMillis(125);
      gateway.settle(rig.one, rig.two);
    }

    assertThat(asked()).isLessThan(2 * 15);
  }

  @Test
  void aLateNoticeOfABlockThatWasShownCostsNothing() {
    try (FakeProvider late = rig.with(FakeProvider.start(rig.world))) {
      RunningGateway gateway = rig.withSockets(rig.one, late);
      rig.mining(gateway, 24, 12);
      late.sockets().stall();
      rig.mining(gateway, 3, 1);
      forgetAsked();

      late.sockets().tellBlock(rig.world.head() - 2);
      gateway.awaitAtThisMoment(
          () -> SocketRig.socket(gateway, 1).path("notices").asLong() == 3, "it came");
      rig.mining(gateway, 1, 100);

      assertThat(asked()).isZero();
    }
  }

  @Test
  void nothingOfANoticeIsBelieved() {
    RunningGateway gateway = rig.withSockets();
    long head = rig.head(gateway);

    rig.one
        .sockets()
        .tellHeads(
            "{\"number\":\"0xffffff\",\"hash\":\"0x%s\",\"parentHash\":\"0x%s\"}"
                .formatted("ab".repeat(32), "cd".repeat(32)));
    gateway.awaitAtThisMoment(
        () -> SocketRig.socket(gateway, 0).path("notices").asLong() > 0, "it came");
    rig.pass(gateway, 3);

    assertThat(rig.head(gateway)).isEqualTo(head);
  }

  @Test
  void followingCostsFewerQuestionsPerBlock() {
    double before;
    try (SocketRig without = new SocketRig()) {
      before = questionsPerBlock(without, without.started(without.builder(), 0));
    }
    double after = questionsPerBlock(rig, rig.withSockets());

    assertThat(before).isBetween(2.5, 5.0); // 4.05 on a quiet machine
    assertThat(after).isBetween(0.9, 1.5); // 1.00
  }

  /** What one provider is asked to follow a block every 12 seconds. */
  private static double questionsPerBlock(SocketRig rig, RunningGateway gateway) {
    int blocks = 20;
    rig.mining(gateway, 24, 12);
    Stream.of(rig.one, rig.two).forEach(FakeProvider::forgetAsked);

    rig.mining(gateway, 12 * blocks, 12);

    gateway.await(() -> rig.head(gateway) == rig.world.head(), "the head is known");
    long heads =
        Stream.of(rig.one, rig.two)
            .flatMap(each -> each.asked().stream())
            .filter(asked -> asked.method().matches("eth_blockNumber|eth_getBlockByNumber"))
            .filter(asked -> !asked.params().matches(".*(safe|finalized).*"))
            .count();
    return heads / 2.0 / blocks;
  }

  @Test
  void repeatedAndDisorderedNoticesCostNothing() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 36, 12);
    forgetAsked();

    for (int i = 0; i < 50; i++) {
      rig.one.sockets().tellBlock(rig.world.head() - i % 3);
    }
    gateway.awaitAtThisMoment(
        () -> SocketRig.socket(gateway, 0).path("lastNoticeMillis").isNumber(), "they came");
    rig.pass(gateway, 1);

    assertThat(asked()).isLessThan(6);
    rig.awaitHead(gateway);
  }

  @Test
  void aBlockThatNoSocketTellsOfIsFoundAllTheSame() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);
    rig.one.sockets().stall();
    rig.two.sockets().stall();

    rig.world.mine();
    rig.pass(gateway, 14);

    rig.awaitHead(gateway);
  }

  @Test
  void afterAMissedBlockTheHeadIsAskedForAsOftenAsWithoutSockets() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);
    rig.one.sockets().stall();
    rig.two.sockets().stall();
    rig.mining(gateway, 14, 12);

    rig.mining(gateway, 10, 11);

    assertThat(rig.head(gateway)).isGreaterThanOrEqualTo(rig.world.head() - 1);
    gateway.await(() -> rig.head(gateway) == rig.world.head(), "it is found");
    assertThat(SocketRig.socket(gateway, 0).path("keepsUp").asBoolean()).isFalse();
  }

  @Test
  void everyBlockIsToldOnceWhateverTheSocketsDo() {
    RunningGateway gateway = rig.withSockets();
    Random random = new Random(5);
    String filter = gateway.client().call("eth_newBlockFilter", "[]").result().toString();
    long from = rig.world.head();
    List<String> told = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      mistreat(random.nextBoolean() ? rig.one : rig.two, random);
      rig.world.mine();
      rig.pass(gateway, 12);
      told.addAll(changes(gateway, filter));
    }
    gateway.await(() -> rig.head(gateway) == rig.world.head(), "the head is known");
    told.addAll(changes(gateway, filter));

    List<String> mined =
        LongStream.rangeClosed(from + 1, rig.world.head()).mapToObj(rig.world::hash).toList();
    assertThat(told).isEqualTo(mined);
  }

  private void mistreat(FakeProvider provider, Random random) {
    switch (random.nextInt(7)) {
      case 0 -> provider.sockets().reset();
      case 1 -> provider.sockets().stall();
      case 2 -> provider.sockets().hangUp(1001);
      case 3 -> provider.sockets().refuse(503).reset();
      case 4 -> provider.sockets().tellBlock(rig.world.head() - random.nextInt(5));
      case 5 -> provider.sockets().sendText("{\"half\":");
      default -> provider.sockets().behave();
    }
  }

  private static List<String> changes(RunningGateway gateway, String filter) {
    List<String> hashes = new ArrayList<>();
    gateway
        .client()
        .call("eth_getFilterChanges", "[" + filter + "]")
        .result()
        .forEach(hash -> hashes.add(hash.asString()));
    return hashes;
  }

  @Test
  void pollingGoesOnWhenAllSocketsAreGone() {
    RunningGateway gateway = rig.withSockets();
    rig.mining(gateway, 24, 12);
    for (FakeProvider each : new FakeProvider[] {rig.one, rig.two}) {
      each.sockets().refuse(503).reset();
    }
    gateway.await(() -> SocketRig.count(gateway, "live") == 0, "the sockets are gone");

    for (int i = 0; i < 5; i++) {
      rig.world.mine();
      rig.pass(gateway, 12);
      rig.awaitHead(gateway);
    }
    assertThat(gateway.client().get("/ready").status()).isEqualTo(200);
  }
}

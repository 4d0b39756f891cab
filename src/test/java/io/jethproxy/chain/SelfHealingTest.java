package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Following goes on by itself after whatever providers do. */
class SelfHealingTest {

  private static final long MAINNET = 1;
  private static final long ARBITRUM = 42_161;

  private final FakeTicker ticker = new FakeTicker();
  private FakeWorld world = FakeWorld.ofChain(MAINNET);
  private FakeProvider good = FakeProvider.start(world);
  private FakeProvider odd = FakeProvider.start(world);

  @AfterEach
  void close() {
    good.close();
    odd.close();
  }

  private void on(long chainId) {
    close();
    world = FakeWorld.ofChain(chainId);
    good = FakeProvider.start(world);
    odd = FakeProvider.start(world);
  }

  private RunningGateway gateway() {
    RunningGateway gateway = RunningGateway.before(good, odd).ticker(ticker).cached().start();
    gateway.await(() -> head(gateway) == 1_000, "the head is served");
    return gateway;
  }

  private static long head(RunningGateway gateway) {
    CompletableFuture<Answered> answer = gateway.client().callAsync("eth_blockNumber", "[]");
    gateway.await(answer::isDone, "it is answered");
    String text = answer.join().json().path("result").asString("0x0");
    return Long.parseLong(text, 2, text.length(), 16);
  }

  private void pass(RunningGateway gateway, int seconds) {
    for (int i = 0; i < seconds; i++) {
      ticker.advanceMillis(1_000);
      gateway.status(); // answers come in real time
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {MAINNET, ARBITRUM})
  void servesTheHeadOfNowSoonAfterAllProvidersWereOutForAnHour(long chainId) {
    on(chainId);
    try (RunningGateway gateway = gateway()) {
      good.kill();
      odd.kill();
      ticker.advanceMillis(3_600_000);
      world.head(1_300);
      good.revive();
      odd.revive();

      gateway.await(() -> head(gateway) == 1_300, "the head of now is served");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {MAINNET, ARBITRUM})
  void isNotHeldBackByAProviderThatNeverShowsABlock(long chainId) {
    on(chainId);
    odd.on("eth_getBlockByNumber").answer("null");
    odd.on("eth_getBlockByHash").answer("null");
    try (RunningGateway gateway = gateway()) {
      odd.forgetAsked();
      for (int i = 0; i < 5; i++) {
        world.mine();
        pass(gateway, 12);
        assertThat(head(gateway)).isEqualTo(world.head());
      }

      assertThat(odd.count()).isLessThan(60 * 4);
    }
  }

  @Test
  void doesNotBelieveABlockOfAFastChainThatCannotBe() {
    on(ARBITRUM);
    try (RunningGateway gateway = gateway()) {
      odd.on("eth_getBlockByNumber")
          .answer(
              "{\"number\":\"0x3fffffffffffffff\",\"hash\":\"0x%s\",\"parentHash\":\"0x%s\"}"
                  .formatted("a".repeat(64), "b".repeat(64)));
      for (int i = 0; i < 10; i++) {
        world.mine();
        pass(gateway, 1);
      }
      gateway.await(() -> head(gateway) == world.head(), "the head of the other is served");

      odd.on("eth_getBlockByNumber").properly();
      world.mine();
      gateway.await(() -> head(gateway) == world.head(), "the head is served");
    }
  }
}

package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A network that nobody asks about costs next to nothing, and the first to ask is told the truth.
 */
class IdleNetworkTest {

  private final FakeWorld world = FakeWorld.ofChain(1);
  private final FakeProvider one = FakeProvider.start(world);
  private final FakeProvider two = FakeProvider.start(world);
  private final FakeTicker ticker = new FakeTicker();

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private RunningGateway gateway() {
    RunningGateway gateway = RunningGateway.before(one, two).ticker(ticker).cached().start();
    gateway.await(() -> gateway.status().contains("1000"), "the head is known");
    return gateway;
  }

  private void pass(RunningGateway gateway, int seconds, int secondsPerBlock) {
    for (int i = 1; i <= seconds; i++) {
      if (i % secondsPerBlock == 0) {
        world.mine();
      }
      ticker.advanceMillis(1_000);
      settle(gateway);
    }
  }

  /** Answers come in real time. */
  private static void settle(RunningGateway gateway) {
    gateway.management().get("/status");
    gateway.management().get("/status");
  }

  private static String number(Answered answered) {
    return answered.result().asString();
  }

  @Test
  void itsProvidersAreAskedForANumberFiveTimesAMinuteAndForNothingThatCosts() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 90, 12);
      one.forgetAsked();
      pass(gateway, 120, 12);

      assertThat(one.count("eth_blockNumber")).isBetween(6, 20);
      assertThat(one.count("eth_getBlockByNumber")).isZero();
      assertThat(one.count("eth_getBlockByHash")).isZero();
      assertThat(one.count()).isLessThan(30);
    }
  }

  @Test
  void aFilterKeepsItsNetworkAwakeBetweenTheClientsQuestions() {
    try (RunningGateway gateway = gateway()) {
      gateway.client().call("eth_newBlockFilter", "[]");
      pass(gateway, 90, 12);
      one.forgetAsked();
      pass(gateway, 60, 12);

      assertThat(one.count("eth_getBlockByNumber")).isPositive();
    }
  }

  @Test
  void theFirstQuestionIsAnsweredWithTheHeadOfNow() {
    try (RunningGateway gateway = gateway()) {
      for (int i = 0; i < 5; i++) {
        pass(gateway, 90, 12);
        world.mine();

        CompletableFuture<Answered> answer = gateway.client().callAsync("eth_blockNumber", "[]");
        gateway.await(answer::isDone, "it is answered");

        assertThat(number(answer.join())).isEqualTo("0x" + Long.toHexString(world.head()));
      }
    }
  }

  @Test
  void theFirstQuestionAfterHoursIsAnsweredWithTheHeadOfNow() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 90, 12);
      world.head(world.head() + 900);
      ticker.advanceMillis(3 * 3_600_000);
      pass(gateway, 30, 12);

      CompletableFuture<Answered> answer = gateway.client().callAsync("eth_blockNumber", "[]");
      gateway.await(answer::isDone, "it is answered");

      assertThat(number(answer.join())).isEqualTo("0x" + Long.toHexString(world.head()));
    }
  }

  @Test
  void theFirstQuestionIsAnsweredWhenOneProviderIsSilent() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 90, 12);
      world.mine();
      two.freeze();

      CompletableFuture<Answered> answer = gateway.client().callAsync("eth_blockNumber", "[]");
      gateway.await(answer::isDone, "it is answered");

      assertThat(number(answer.join())).isEqualTo("0x" + Long.toHexString(world.head()));
    }
  }

  @Test
  void stateIsReadAtTheBlockOfNowAfterIdleness() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 90, 12);
      world.mine();
      one.forgetAsked();
      two.forgetAsked();

      CompletableFuture<Answered> answer =
          gateway
              .client()
              .callAsync(
                  "eth_getBalance", "[\"0x00000000000000000000000000000000000000aa\",\"latest\"]");
      gateway.await(answer::isDone, "it is answered");

      assertThat(
              Stream.of(one, two)
                  .flatMap(provider -> provider.asked("eth_getBalance").stream())
                  .map(Asked::params))
          .singleElement()
          .asString()
          .contains(world.hash(world.head()));
    }
  }
}

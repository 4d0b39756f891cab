package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients may rely on once they were told of a block, with one provider that lags behind. */
class ToldHeadTest {

  private static final String NUMBER = "eth_blockNumber";
  private static final String BLOCK = "eth_getBlockByNumber";

  private final FakeTicker ticker = new FakeTicker();
  private final FakeWorld ahead = FakeWorld.ofChain(1).withOwnHeaders();
  private final FakeWorld behind = FakeWorld.ofChain(1).withOwnHeaders();
  private final FakeProvider first = FakeProvider.start(ahead);
  private final FakeProvider second = FakeProvider.start(behind);
  private RunningGateway gateway;

  @BeforeEach
  void start() {
    gateway = RunningGateway.before(first, second).ticker(ticker).start();
    gateway.await(() -> gateway.status().split("\"head\":1000", -1).length > 2, "both heads known");
  }

  @AfterEach
  void stop() {
    gateway.close();
    first.close();
    second.close();
  }

  private long head() {
    return Long.decode(gateway.client().call(NUMBER, "[]").result().asString());
  }

  /** A client reads the newest block where it is. */
  private void tell(long number) {
    for (int i = 0; newestBlock() < number; i++) {
      assertThat(i).as("answers below " + number).isLessThan(1_000);
    }
  }

  private long newestBlock() {
    Answered latest = gateway.client().call(BLOCK, "[\"latest\",false]");
    return Long.decode(latest.result().path("number").asString());
  }

  @Test
  void neverGoesBackByOneWhenAProviderLagsByOne() {
    long newest = 0;
    for (int i = 0; i < 400; i++) {
      if (i % 100 == 50) {
        ahead.mine();
      } else if (i % 100 == 0) {
        behind.head(ahead.head() - (i == 0 ? 0 : 1));
        ticker.advanceMillis(2_000);
      }
      long told = head();
      assertThat(told).isGreaterThanOrEqualTo(newest);
      newest = told;
    }
    assertThat(newest).as("the one ahead was asked").isGreaterThan(1_000);
    assertThat(second.count(NUMBER)).as("the one behind was asked").isPositive();
  }

  @Test
  void whatWasToldCanBeRead() {
    for (int i = 0; i < 100; i++) {
      long newest = ahead.mine();
      behind.head(newest - 1);
      ticker.advanceMillis(13_000);
      long told = head();

      Answered block = gateway.client().call(BLOCK, "[\"0x%x\",false]".formatted(told));

      assertThat(block.result().path("hash").asString()).isEqualTo(ahead.hash(told));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eth_getBlockReceipts, '[\"0x3e9\"]', []",
    "eth_getBlockTransactionCountByNumber, '[\"0x3e9\"]', '\"0x0\"'",
  })
  void waitsForABlockThatWasToldAndIsNotThereYet(String method, String params, String result) {
    ahead.mine();
    tell(1_001);
    first.on(method).times(3).answer("null");
    first.on(method).answer(result);
    second.on(method).answer("null");

    CompletableFuture<Answered> asked = gateway.client().callAsync(method, params);
    gateway.await(asked::isDone, "the client is answered");

    assertThat(asked.join().text()).contains("\"result\"").doesNotContain("null");
  }

  @Test
  void neverServesNothingForABlockThatWasTold() {
    ahead.mine();
    tell(1_001);
    first.on(BLOCK).answer("null");
    second.on(BLOCK).answer("null");

    CompletableFuture<Answered> asked = gateway.client().callAsync(BLOCK, "[\"0x3e9\",false]");
    gateway.await(asked::isDone, "the client is answered");

    assertThat(asked.join().errorCode()).isEqualTo(-32014);
    assertThat(first.count(BLOCK)).as("it is asked again").isGreaterThan(3);
  }

  @Test
  void aFutureBlockIsStillNothingAtOnce() {
    assertThat(gateway.client().call(BLOCK, "[\"0x400\",false]").text())
        .contains("\"result\":null");
  }

  @Test
  void goesBackWithAReorganisationThatTheProvidersAgreeOn() {
    ahead.head(997).forkFrom(990, "other");
    behind.head(997).forkFrom(990, "other");

    gateway.await(() -> head() == 997, "the shorter chain is agreed on");
  }

  @Test
  void forgetsABlockThatNobodyStandsByAnyMore() {
    first.on(BLOCK).times(1).answer("{\"number\":\"0x3f0\"}");
    second.on(BLOCK).times(1).answer("{\"number\":\"0x3f0\"}");
    tell(1_008);
    ahead.head(1_000);

    assertThat(head()).isEqualTo(1_008);
    gateway.await(() -> head() == 1_000, "it is forgotten");
  }
}

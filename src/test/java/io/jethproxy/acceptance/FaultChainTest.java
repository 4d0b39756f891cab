package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Rows P19 and H20: providers that serve another chain than they should, at once or later. */
class FaultChainTest {

  private static final String ELSEWHERE = "\"0xbad\"";

  @Test
  void servesNothingOfAnotherChainByAProviderThatComesBackWithIt() {
    FakeTicker ticker = new FakeTicker();
    try (FaultBed bed = FaultBed.apart(2, 1).ticker(ticker).start().awaitAll()) {
      bed.u(1).kill();
      callUntil(bed, () -> bed.state(1).equals("ejected"));

      bed.u(1).on("eth_chainId").answer("\"0xa\"");
      bed.u(1).on("eth_getBalance").answer(ELSEWHERE);
      bed.u(1).revive();
      callUntil(bed, () -> bed.state(1).equals("wrong_chain"));
      bed.u(1).forgetAsked();
      callUntil(bed, () -> bed.u(1).count("eth_chainId") >= 2);
      assertThat(bed.u(1).count("eth_getBalance")).isZero();

      bed.u(1).forgetScript();
      callUntil(bed, () -> bed.state(1).matches("healthy|recovering"));
    }
  }

  @Test
  void fencesAProviderWhoseHeadLeapsToThatOfAnotherChainWithinOnePoll() {
    FakeTicker ticker = new FakeTicker();
    try (FaultBed bed = FaultBed.apart(2, 137).ticker(ticker).start().awaitAll()) {
      bed.u(1).on("eth_chainId").answer("\"0xa\"");
      bed.u(1).world().head(90_000);

      bed.gateway.await(() -> bed.state(1).equals("wrong_chain"), "u1 is fenced");
      int polls = bed.u(1).count("eth_blockNumber");
      bed.u(1).forgetAsked();

      assertThat(polls).isPositive();
      for (int i = 0; i < 20; i++) {
        assertThat(bed.client().call("eth_blockNumber", "[]").result().asString())
            .isEqualTo("0x3e8");
        assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
      }
      assertThat(bed.u(1).count("eth_getBalance")).isZero();
    }
  }

  @Test
  void servesNoNetworkByProvidersWhoseIdsWereSwapped() {
    FakeTicker ticker = new FakeTicker();
    try (FakeProvider mainnet = FakeProvider.start(FakeWorld.ofChain(1));
        FakeProvider optimism = FakeProvider.start(FakeWorld.ofChain(10));
        RunningGateway gateway =
            RunningGateway.builder()
                .yaml(
                    "providers:\n  - {id: a, network: mainnet, url: '%s'}\n  - {id: b, network: 10, url: '%s'}\n"
                        .formatted(optimism.url(), mainnet.url()))
                .ticker(ticker)
                .notAwaitingReady()
                .start()) {
      gateway.await(
          () -> gateway.status().split("\"wrong_chain\"", -1).length > 2, "both are fenced");

      assertThat(gateway.client().get("/ready").status()).isEqualTo(503);
      for (String path : List.of("/", "/mainnet", "/optimism")) {
        Answered refused = gateway.client().post(path, EdgeRig.request("1", "eth_gasPrice"));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("wrong_chain");
      }
      assertThat(mainnet.count("eth_gasPrice") + optimism.count("eth_gasPrice")).isZero();
    }
  }

  /** Calls on and on, each of which must be answered rightly. */
  private static void callUntil(FaultBed bed, BooleanSupplier condition) {
    bed.gateway.await(
        () -> {
          Answered answered = bed.balance();
          assertThat(answered.text()).contains(FaultBed.BALANCE);
          return condition.getAsBoolean();
        },
        "what is waited for; " + bed.gateway.status());
  }
}

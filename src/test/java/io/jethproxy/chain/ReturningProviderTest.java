package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.OpenLoop.Sample;
import io.jethproxy.testing.RunningGateway;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReturningProviderTest {

  private static final Question LATEST =
      new Question(
          "eth_getTransactionCount", "[\"0x00000000000000000000000000000000000000aa\",\"latest\"]");

  private final FakeProvider steady = FakeProvider.start();
  private final FakeProvider returning = FakeProvider.start();

  @AfterEach
  void close() {
    steady.close();
    returning.close();
  }

  @Test
  void isNotAskedForTheHeadBeforeItHasToldWhereItsHeadIsNow() {
    try (RunningGateway gateway = RunningGateway.before(steady, returning).start()) {
      gateway.await(() -> isAsked(gateway), "both are asked");
      returning.kill();
      gateway.await(() -> isOut(gateway), "it is out");

      returning.on("eth_chainId").hold();
      returning.on("eth_blockNumber").hold();
      returning.on(LATEST.method()).answer("\"0xbad\"");
      returning.revive();
      LoadReport report =
          OpenLoop.on(gateway.port(), "/", 50, id -> LATEST).run(Duration.ofSeconds(3));

      assertThat(report.failed()).isEmpty();
      assertThat(report.samples().stream().map(Sample::answer)).doesNotContain("\"0xbad\"");
    }
  }

  @Test
  void isAskedAtOnceWhenNobodyElseIsThere() {
    try (RunningGateway gateway = RunningGateway.before(returning).start()) {
      returning.kill();
      assertThat(gateway.client().call(LATEST.method(), LATEST.params()).status()).isEqualTo(503);

      returning.on("eth_chainId").hold();
      returning.on("eth_blockNumber").hold();
      returning.revive();

      gateway.await(
          () -> gateway.client().call(LATEST.method(), LATEST.params()).status() == 200,
          "it is asked");
    }
  }

  private boolean isAsked(RunningGateway gateway) {
    gateway.client().call(LATEST.method(), LATEST.params());
    return returning.count(LATEST.method()) > 0;
  }

  private static boolean isOut(RunningGateway gateway) {
    gateway.client().call(LATEST.method(), LATEST.params());
    return gateway.status().contains("\"ejected\"");
  }
}

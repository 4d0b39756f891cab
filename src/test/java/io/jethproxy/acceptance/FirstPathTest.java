package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RunningGateway;
import org.junit.jupiter.api.Test;

/** The thin path through the whole thing. */
class FirstPathTest {

  @Test
  void answersThroughAnotherProviderWhenOneIsKilled() {
    try (FakeProvider one = FakeProvider.start();
        FakeProvider two = FakeProvider.start();
        RunningGateway gateway = RunningGateway.before(one, two).start()) {
      gateway.await(() -> one.count() > 0 && two.count() > 0, "both were asked");

      one.kill();

      for (int i = 0; i < 50; i++) {
        var answered =
            gateway
                .client()
                .post("{\"jsonrpc\":\"2.0\",\"id\":\"x" + i + "\",\"method\":\"eth_gasPrice\"}");
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.text())
            .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"x" + i + "\",\"result\":");
      }
    }
  }
}

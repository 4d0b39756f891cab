package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.RawWs;
import io.jethproxy.testing.RunningGateway;
import io.jethproxy.testing.WsClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** WebSockets of a gateway that stops. */
class WebSocketDrainTest {

  private static RunningGateway start(FakeProvider provider) {
    return RunningGateway.builder()
        .yaml("drainSeconds: 0\nproviders:\n  - " + provider.url() + "\n")
        .start();
  }

  private static CompletableFuture<Void> draining(RunningGateway gateway) {
    return CompletableFuture.runAsync(() -> {
      try {
        gateway.drain();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void endsWebSocketsSoonAfterTheDrainTime() throws Exception {
    try (FakeProvider provider = FakeProvider.start();
        RunningGateway gateway = start(provider);
        WsClient client = WsClient.connect(gateway.port(), "/");
        RawWs rude = RawWs.open(gateway.port(), "/")) {
      CompletableFuture<Void> drained = draining(gateway);
      assertThat(client.closed()).isEqualTo(new WsClient.Closed(1012, "restarting"));
      assertThat(rude.next().code()).isEqualTo(1012); // and says nothing
      drained.get(10, TimeUnit.SECONDS);
      assertThat(rude.endsWithin(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void answersTheCallsUnderWayBeforeItEndsTheirWebSocket() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    try (FakeProvider provider = FakeProvider.start();
        RunningGateway gateway = start(provider)) {
      provider.on("eth_gasPrice").hold(released);
      try (WsClient client = WsClient.connect(gateway.port(), "/")) {
        var answer = client.callAsync("eth_gasPrice", "[]");
        gateway.await(() -> gateway.status().contains("\"inFlight\":1"), "it is asked");
        CompletableFuture<Void> drained = draining(gateway);
        gateway.await(() -> isRefused(gateway), "it has stopped to accept");

        released.countDown();

        assertThat(answer.get(10, TimeUnit.SECONDS).json().has("result")).isTrue();
        assertThat(client.closed().code()).isEqualTo(1012);
        drained.get(10, TimeUnit.SECONDS);
      } finally {
        released.countDown();
      }
    }
  }

  private static boolean isRefused(RunningGateway gateway) {
    try {
      RawWs.connect(gateway.port()).close();
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}

package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a container's health check is told. */
@Timeout(60)
class HealthCheckTest {

  @TempDir private Path temp;

  @Test
  void passesWhileTheGatewayLives() throws Exception {
    try (RunningGateway gateway = running()) {
      Ran ran = Ran.in(Map.of("PORT", port(gateway)), "healthcheck");

      assertThat(ran.errors()).isEmpty();
      assertThat(ran.out().strip()).isEqualTo("alive");
      assertThat(ran.status()).isZero();
    }
  }

  @Test
  void failsWhileTheGatewayDrainsAndWhenItIsGone() throws Exception {
    try (RunningGateway gateway = running()) {
      Map<String, String> environment = Map.of("PORT", port(gateway));
      CountDownLatch hurry = new CountDownLatch(1);
      Thread drain = Thread.startVirtualThread(() -> drain(gateway, hurry));
      gateway.await(() -> gateway.client().get("/health").status() == 503, "draining");

      Ran draining = Ran.in(environment, "healthcheck");
      hurry.countDown();
      drain.join();
      Ran gone = Ran.in(environment, "healthcheck");

      assertThat(draining.status()).isEqualTo(1);
      assertThat(draining.errors())
          .isEqualToIgnoringNewLines("jeth-proxy: HTTP/1.1 503 (expected: HTTP/1.1 200)");
      assertThat(gone.status()).isEqualTo(1);
      assertThat(gone.errors()).contains("no answer on port " + environment.get("PORT"));
    }
  }

  @Test
  void needsNoProvidersAndReadsNoneOfTheirSecrets() throws Exception {
    try (RunningGateway gateway = running()) {
      Ran ran =
          Ran.in(
              Map.of("PORT", port(gateway), "RPC_PROVIDERS_HTTP_FILE", temp + "/gone"),
              "healthcheck");

      assertThat(ran.status()).isZero();
    }
  }

  @Test
  void findsTheListenerInTheFile() throws Exception {
    Path file = temp.resolve("jeth-proxy.yaml");
    try (RunningGateway gateway = running()) {
      Files.writeString(file, "server: {port: " + port(gateway) + ", host: 127.0.0.1}\n");

      assertThat(Ran.of("healthcheck", "--config", file.toString()).status()).isZero();
      assertThat(Ran.in(Map.of("JETH_CONFIG", file.toString()), "healthcheck").status()).isZero();
    }
  }

  @Test
  void saysWhatIsWrongWithItsConfiguration() {
    assertThat(Ran.in(Map.of("PORT", "0"), "healthcheck").status()).isEqualTo(2);
    assertThat(Ran.in(Map.of("PORT", "0"), "healthcheck").errors())
        .contains("PORT: 0 (expected: the port that the gateway has)");
    assertThat(Ran.in(Map.of("PORT", "eighty"), "healthcheck").status()).isEqualTo(2);
    assertThat(Ran.in(Map.of("PORT", "eighty"), "healthcheck").errors()).contains("PORT");
  }

  @Test
  void failsInTimeWhenNothingComesBack() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Ran ran = Ran.in(Map.of("PORT", Integer.toString(silent.getLocalPort())), "healthcheck");

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.errors()).contains("no answer on port").contains("timed out");
    }
  }

  @Test
  void failsInTimeWhenTheAnswerDrips() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      CountDownLatch end = new CountDownLatch(1);
      Thread drip = Thread.startVirtualThread(() -> drip(slow, end));

      Ran ran = Ran.in(Map.of("PORT", Integer.toString(slow.getLocalPort())), "healthcheck");
      end.countDown();
      drip.join();

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.errors()).contains("no answer on port").contains("timed out");
    }
  }

  @Test
  void doesNotRepeatWhatAStrangerSays() throws Exception {
    try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.startVirtualThread(() -> greet(stranger));

      Ran ran = Ran.in(Map.of("PORT", Integer.toString(stranger.getLocalPort())), "healthcheck");

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.errors())
          .isEqualToIgnoringNewLines("jeth-proxy: no HTTP (expected: HTTP/1.1 200)");
    }
  }

  private static void drain(RunningGateway gateway, CountDownLatch hurry) {
    try {
      gateway.gateway().drain(hurry);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The right answer, a byte each half second. */
  private static void drip(ServerSocket slow, CountDownLatch end) {
    try (Socket socket = slow.accept()) {
      for (byte each : "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII)) {
        if (end.await(500, TimeUnit.MILLISECONDS)) {
          return;
        }
        socket.getOutputStream().write(each);
      }
    } catch (IOException gone) {
      assertThat(gone).isInstanceOf(SocketException.class);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void greet(ServerSocket stranger) {
    try (Socket socket = stranger.accept()) {
      socket.getOutputStream().write("220 \u001b[31m mail\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RunningGateway running() {
    return RunningGateway.builder()
        .set("RPC_PROVIDERS_HTTP", "http://127.0.0.1:9")
        .notAwaitingReady()
        .start();
  }

  private static String port(RunningGateway gateway) {
    return Integer.toString(gateway.port());
  }
}

package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Hex;
import io.jethproxy.testing.RpcClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The demo as people run it, but on free ports. */
@Timeout(120)
class DemoTest {

  private static final Map<String, String> FREE_PORTS =
      Map.of(
          "HOST", "127.0.0.1",
          "PORT", "0",
          "MANAGEMENT_PORT", "0",
          "RPC_PROVIDERS_HTTP", "http://127.0.0.1:1/not-asked");

  @Test
  void answersTheCurlThatItPrintsAndEndsWithZeroOnASignal() throws Exception {
    try (Program demo = Program.start(FREE_PORTS, "demo");
        RpcClient client = new RpcClient(portIn(demo.await("curl -s localhost:")))) {
      String call = demo.await("eth_getBlockByNumber").strip();
      awaitReady(client);

      RpcClient.Answered answered = client.post(call.substring(1, call.length() - 1));

      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.result().path("hash").asString("")).hasSize(66);
      String nobody = "[\"0x" + "0".repeat(40) + "\",\"pending\"]";
      assertThat(client.call("eth_getBalance", nobody).status()).isEqualTo(200);
      int management = portIn(demo.await("/status"));
      try (RpcClient operator = new RpcClient(management)) {
        assertThat(operator.get("/status").text()).contains("steady", "slow", "moody");
        assertThat(operator.get("/metrics").text()).contains("jeth_attempts_total");
      }
      demo.process().destroy();
      assertThat(demo.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.process().exitValue()).isZero();
    }
  }

  @Test
  void servesTheSameGrowingChainFromAllProviders() throws Exception {
    try (Program demo = Program.start(FREE_PORTS, "demo");
        RpcClient client = new RpcClient(portIn(demo.await("curl -s localhost:")))) {
      awaitReady(client);

      long first = head(client);
      long last = first;
      for (int calls = 0; last < first + 3; calls++) {
        assertThat(calls).isLessThan(100_000);
        long next = head(client);
        assertThat(next).isGreaterThanOrEqualTo(last);
        RpcClient.Answered block =
            client.call("eth_getBlockByNumber", "[\"" + Hex.quantity(next) + "\",true]");
        assertThat(block.status()).isEqualTo(200);
        assertThat(block.result().path("number").asString("")).isEqualTo(Hex.quantity(next));
        last = next;
      }
    }
  }

  @Test
  void saysThatAPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Program demo =
          Program.start(Map.of("HOST", "127.0.0.1", "PORT", port, "MANAGEMENT_PORT", "0"), "demo");

      assertThat(demo.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.process().exitValue()).isEqualTo(1);
      assertThat(demo.text())
          .contains("cannot listen on 127.0.0.1:" + port)
          .contains("HOST and PORT choose another");
    }
  }

  private static void awaitReady(RpcClient client) throws InterruptedException {
    for (int i = 0; client.get("/ready").status() != 200; i++) {
      assertThat(i).isLessThan(10_000);
    }
  }

  private static long head(RpcClient client) {
    JsonNode number = client.call("eth_blockNumber", "[]").result();
    byte[] text = number.asString("").getBytes(StandardCharsets.US_ASCII);
    return Hex.quantity(text, 0, text.length);
  }

  private static int portIn(String line) throws IOException {
    Matcher port = Pattern.compile("localhost:([0-9]+)").matcher(line);
    if (!port.find()) {
      throw new IOException("no port in: " + line);
    }
    return Integer.parseInt(port.group(1));
  }
}

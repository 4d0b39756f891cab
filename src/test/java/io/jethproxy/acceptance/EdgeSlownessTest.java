package io.jethproxy.acceptance;

import static io.jethproxy.acceptance.EdgeRig.SOON;
import static io.jethproxy.acceptance.EdgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RawHttp.End;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that send slowly, read slowly, or do nothing, on a clock that is turned by hand. */
class EdgeSlownessTest {

  private static final Duration A_LITTLE = Duration.ofMillis(20);
  private static final int ANSWER_BYTES = 32 << 20;

  private EdgeRig rig;

  @BeforeEach
  void start() {
    rig = EdgeRig.start("server:\n  connectionsMax: 20\n");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void closesAConnectionWhoseHeadersDoNotEnd() throws IOException {
    try (RawHttp raw = rig.connect()) {
      for (int second = 0; second < 5; second++) {
        raw.send("POST / HTTP/1.1\r\nHost: a\r\n".substring(5 * second, 5 * second + 5));
        assertThat(raw.readUntilEnd(A_LITTLE).end()).isEqualTo(End.OPEN);
        rig.settle();
        rig.ticker.advanceMillis(990);
      }
      rig.ticker.advanceMillis(1_000);

      assertThat(raw.readUntilEnd(SOON).end()).isIn(End.CLOSED, End.RESET);
    }
  }

  @Test
  void closesAConnectionWhoseNextHeadersBeganDuringAnAnswerAndDoNotEnd() throws IOException {
    rig.provider.on("eth_call").hold();
    try (RawHttp raw = rig.connect()) {
      raw.send(RawHttp.post("/", request("1", "eth_call")) + "POST / HTTP/1.1\r\n");
      rig.provider.awaitRequests("eth_call", 1, SOON);
      rig.provider.release();
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
      rig.settle();

      rig.ticker.advanceMillis(4_900);
      assertThat(raw.readUntilEnd(A_LITTLE).end()).isEqualTo(End.OPEN);
      rig.ticker.advanceMillis(1_000);

      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
    }
  }

  @Test
  void refusesABodyThatDoesNotEnd() throws IOException {
    String whole = RawHttp.post("/", request("1", "eth_gasPrice"));
    try (RawHttp raw = rig.connect()) {
      raw.send(whole.substring(0, whole.length() - 20));
      for (int second = 0; second < 10; second++) {
        raw.send(whole.substring(whole.length() - 20 + second, whole.length() - 19 + second));
        rig.settle();
        assertThat(raw.readUntilEnd(A_LITTLE).end()).isEqualTo(End.OPEN);
        rig.ticker.advanceMillis(990);
      }
      rig.ticker.advanceMillis(1_000);

      HttpMessage refused = raw.readResponse(SOON).orElseThrow();
      assertThat(refused.status()).isEqualTo(408);
      assertThat(refused.header("connection")).contains("close");
      assertThat(refused.text()).contains("\"reason\":\"too_slow\"").contains("requestId");
      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
    }
    assertThat(rig.asked()).isEmpty();
  }

  @Test
  void closesAnIdleConnectionAfterAMinute() throws IOException {
    try (RawHttp raw = rig.connect()) {
      used(raw);
      rig.settle();
      rig.ticker.advanceMillis(59_900);
      used(raw);
      rig.settle();
      rig.ticker.advanceMillis(59_900);
      assertThat(raw.readUntilEnd(A_LITTLE).end()).isEqualTo(End.OPEN);
      rig.ticker.advanceMillis(1_000);

      assertThat(raw.readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
    }
  }

  @Test
  void waitsForAnAnswerLongerThanForAnythingElse() throws IOException {
    rig.provider.on("eth_sendRawTransaction").hold();
    try (RawHttp raw = rig.connect()) {
      raw.send(
          RawHttp.post(
              "/",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransaction\",\"params\":[\"0x02c0\"]}"));
      rig.provider.awaitRequests("eth_sendRawTransaction", 1, SOON);
      rig.ticker.advanceMillis(4_000);

      rig.provider.release();
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
    }
  }

  @Test
  void letsAClientThatWasRefusedNotStayForever() throws IOException {
    try (RawHttp raw = rig.connect()) {
      raw.send("nonsense\r\n\r\n");
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(400);
      rig.settle();
      int open = rig.connections();
      rig.ticker.advanceMillis(3_000);

      EdgeRig.await(() -> rig.connections() < open, "the connection is gone");
    }
  }

  // Clients that read slowly.

  @Test
  void closesAConnectionWhoseClientDoesNotReadAndServesOthers() throws IOException {
    rig.provider.on("eth_call").hugeAnswer(ANSWER_BYTES);
    try (Socket socket = ask()) {
      int open = rig.connections();
      rig.ticker.advanceMillis(9_000);
      assertThat(rig.connections()).isEqualTo(open);
      assertThat(rig.client().post(request("1", "eth_gasPrice")).status()).isEqualTo(200);
      rig.ticker.advanceMillis(3_000);

      EdgeRig.await(() -> rig.connections() < open, "the connection is gone");
      assertThat(rest(socket)).isLessThan(ANSWER_BYTES);
    }
  }

  @Test
  void keepsAConnectionWhoseClientReadsSlowlyButSteadily() throws IOException {
    rig.provider.on("eth_call").hugeAnswer(ANSWER_BYTES);
    try (Socket socket = ask()) {
      long read = 0;
      for (int step = 0; step < 12; step++) {
        read += socket.getInputStream().readNBytes(2 << 20).length;
        rig.settle();
        rig.ticker.advanceMillis(8_000);
      }

      assertThat(read + rest(socket)).isGreaterThan(ANSWER_BYTES);
    }
  }

  /** Asks for a huge answer and waits until the gateway has it. */
  private Socket ask() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port());
    socket.setSoTimeout((int) SOON.toMillis());
    socket
        .getOutputStream()
        .write(
            RawHttp.post("/", request("1", "eth_call"))
                .replace("Host:", "Connection: close\r\nHost:")
                .getBytes(StandardCharsets.US_ASCII));
    rig.provider.awaitRequests("eth_call", 1, SOON);
    EdgeRig.await(() -> rig.inFlight() == 0, "the provider has answered");
    return socket;
  }

  private static long rest(Socket socket) {
    byte[] buffer = new byte[1 << 16];
    long bytes = 0;
    try {
      InputStream in = socket.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        bytes += count;
      }
      return bytes;
    } catch (IOException e) {
      return bytes; // reset
    }
  }

  // Too many.

  @Test
  void closesTheLongestIdleConnectionWhenThereAreTooMany() throws IOException {
    List<RawHttp> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(used(rig.connect()));
    }
    used(all.getFirst());

    RawHttp one = used(rig.connect());
    RawHttp another = used(rig.connect());

    assertThat(all.get(1).readUntilEnd(SOON).end()).isEqualTo(End.CLOSED);
    // The connection that asked for readiness may have been open still, and idle even longer.
    for (RawHttp kept : List.of(all.getFirst(), all.get(3), all.get(19), one, another)) {
      used(kept);
    }
    EdgeRig.await(() -> rig.connections() <= 20, "the others are closed, on whatever loop");
  }

  @Test
  void takesNoFurtherConnectionWhileAllAreAtWork() throws IOException {
    rig.provider.on("eth_call").hold();
    List<RawHttp> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(rig.connect().send(RawHttp.post("/", request("1", "eth_call"))));
      rig.provider.awaitRequests("eth_call", i + 1, SOON);
    }

    assertThat(rig.exchange(RawHttp.post("/", request("1", "eth_gasPrice"))).text()).isEmpty();

    rig.provider.release();
    for (RawHttp raw : all) {
      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
    }
    used(rig.connect());
  }

  /** Asks something, a moment after all that was before. */
  private RawHttp used(RawHttp raw) throws IOException {
    rig.ticker.advanceMillis(1);
    raw.send(RawHttp.post("/", request("1", "eth_chainId")));
    assertThat(raw.readResponse(SOON)).isPresent();
    return raw;
  }
}

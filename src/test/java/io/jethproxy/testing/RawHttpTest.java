package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RawHttpTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ASKED =
      RawHttp.post("/", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}");

  private final FakeProvider provider = FakeProvider.start();

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void readsAllAnswersToPipelinedRequestsInTheirOrder() throws IOException {
    provider.closeEvery(3);

    Heard heard =
        RawHttp.exchange(
            provider.port(),
            ASKED + ASKED.replace(":1,", ":2,") + ASKED.replace(":1,", ":3,"),
            SOON);

    assertThat(heard.end()).isEqualTo(End.CLOSED);
    assertThat(heard.responses())
        .extracting(answer -> RpcText.JSON.readTree(answer.text()).path("id").asInt())
        .containsExactly(1, 2, 3);
  }

  @Test
  void tellsAnOpenConnectionFromAClosedAndAResetOne() throws IOException {
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      assertThat(raw.readUntilEnd(Duration.ofMillis(50))).isEqualTo(new Heard("", End.OPEN));
    }
    provider.always().times(1).closeAfterRequest().always().rstAfterRequest();
    assertThat(RawHttp.exchange(provider.port(), ASKED, SOON).end()).isEqualTo(End.CLOSED);
    assertThat(RawHttp.exchange(provider.port(), ASKED, SOON).end()).isEqualTo(End.RESET);
  }

  @Test
  void sendsSlowlyAndInHalves() throws IOException {
    try (RawHttp raw = RawHttp.connect(provider.port())) {
      long before = System.nanoTime();
      raw.drip(ASKED, Duration.ofMillis(1)).halfClose();

      assertThat(raw.readResponse(SOON).orElseThrow().status()).isEqualTo(200);
      assertThat(System.nanoTime() - before).isGreaterThan(ASKED.length() * 1_000_000L);
    }
  }

  @Test
  void leavesWhatIsNoResponseOut() {
    Heard heard =
        new Heard("HTTP/1.1 204 No\r\n\r\ngarbage\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", End.OPEN);

    assertThat(heard.responses()).hasSize(1);
  }
}

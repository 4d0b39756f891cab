package io.jethproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Methods;
import io.jethproxy.testing.HttpMessage;
import io.jethproxy.testing.RawHttp;
import io.jethproxy.transport.Loops;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DemoProviderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ASK =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_chainId\",\"params\":[]}";

  private final Loops loops = new Loops(1);
  private volatile Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  @AfterEach
  void stop() {
    loops.close();
  }

  @Test
  void answersOneRequestAfterAnotherOnAConnection() throws IOException {
    try (RawHttp connection = connect(Temper.prompt())) {
      for (int i = 0; i < 3; i++) {
        HttpMessage answer = ask(connection, ASK).orElseThrow();

        assertThat(text(answer)).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x539\"}");
      }
    }
  }

  @Test
  void answersBatchesAndWhatIsNotARequest() throws IOException {
    try (RawHttp connection = connect(Temper.prompt())) {
      assertThat(text(ask(connection, "[" + ASK + ",1]").orElseThrow()))
          .startsWith("[{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x539\"},")
          .contains("-32600");
      assertThat(text(ask(connection, "nonsense").orElseThrow())).contains("-32700");
      assertThat(text(ask(connection, ASK.replace("chainId", "none")).orElseThrow()))
          .contains("-32601");
    }
  }

  @Test
  void showsEveryBadDeedWhenItIsCross() throws IOException {
    List<String> deeds = deeds(Temper.cross());

    assertThat(deeds).contains("200 result", "200 error", "429", "502", "gone");
  }

  @Test
  void isMoodyForTenSecondsOfForty() throws IOException {
    Temper temper = Temper.moody();
    DemoProvider provider = provider(temper);

    assertThat(deeds(provider)).containsOnly("200 result");
    now = Instant.ofEpochSecond(31);
    assertThat(deeds(provider)).contains("200 result", "429", "502", "gone");
    now = Instant.ofEpochSecond(41);
    assertThat(deeds(provider)).containsOnly("200 result");
  }

  private List<String> deeds(Temper temper) throws IOException {
    return deeds(provider(temper));
  }

  /** What became of 60 requests, each on a connection of its own. */
  private List<String> deeds(DemoProvider provider) throws IOException {
    List<String> deeds = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      try (RawHttp connection = RawHttp.connect(URI.create(provider.url()).getPort())) {
        deeds.add(ask(connection, ASK).map(DemoProviderTest::deed).orElse("gone"));
      }
    }
    return deeds;
  }

  private static String deed(HttpMessage answer) {
    String status = Integer.toString(answer.status());
    return status.equals("200")
        ? status + (text(answer).contains("\"result\"") ? " result" : " error")
        : status;
  }

  private static Optional<HttpMessage> ask(RawHttp connection, String json) throws IOException {
    connection.send(RawHttp.post("/", json));
    try {
      return connection.readResponse(PATIENCE);
    } catch (java.net.SocketException reset) {
      return Optional.empty();
    }
  }

  private static String text(HttpMessage answer) {
    return answer.text();
  }

  private RawHttp connect(Temper temper) throws IOException {
    return RawHttp.connect(URI.create(provider(temper).url()).getPort());
  }

  private DemoProvider provider(Temper temper) {
    DemoChain chain = new DemoChain(new DemoChain.Config(1, 1_000, 5, 0), 0);
    return DemoProvider.start(new DemoNode(chain, Methods.load(), "test", 0), temper, clock, loops);
  }
}

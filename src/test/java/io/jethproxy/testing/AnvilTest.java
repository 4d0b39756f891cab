package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.testing.RawHttp.End;
import io.jethproxy.testing.RawHttp.Heard;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnvilTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ASKED =
      RawHttp.post("/", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}");

  @Test
  void servesItsChainAndMinesOnDemand() {
    try (Anvil anvil = Anvil.start(Anvil.Options.conducted(1_700_000_000).chainId(8453))) {
      assertThat(anvil.rpc("eth_chainId", "[]").asString()).isEqualTo("0x2105");
      assertThat(anvil.head()).isZero();

      anvil.mine(1_700_000_012);

      assertThat(anvil.head()).isEqualTo(1);
      assertThat(anvil.block(1).path("timestamp").asString()).isEqualTo("0x6553f10c");
      assertThat(anvil.hash(2)).isEmpty();
    }
  }

  @Test
  void acceptsAndKeepsSilentWhileStopped() throws IOException {
    try (Anvil anvil = Anvil.start(Anvil.Options.automatic());
        RawHttp raw = RawHttp.connect(anvil.port())) {
      anvil.stop();

      raw.send(ASKED);
      assertThat(raw.readUntilEnd(Duration.ofMillis(300))).isEqualTo(new Heard("", End.OPEN));

      anvil.cont();
      assertThat(raw.readResponse(SOON).orElseThrow().text()).contains("\"result\":\"0x1\"");
    }
  }

  @Test
  void diesAndStartsAgainAtGenesisOnTheSamePort() {
    try (Anvil anvil = Anvil.start(Anvil.Options.conducted(1_700_000_000))) {
      anvil.mine(1_700_000_012);
      int port = anvil.port();
      long pid = anvil.pid();

      anvil.kill();

      assertThatThrownBy(() -> RawHttp.connect(port)).isInstanceOf(ConnectException.class);
      assertThat(ProcessHandle.of(pid)).isEmpty();
      anvil.restart();
      assertThat(anvil.port()).isEqualTo(port);
      assertThat(anvil.head()).isZero();
    }
  }
}

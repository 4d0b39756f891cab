package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Anvil;
import io.jethproxy.testing.RunningGateway;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What wallets do all day, with the libraries that they are made of: through the gateway, before
 * three providers of one real chain, of which one is killed in the middle.
 */
@Timeout(180)
class WalletDayTest {

  private Anvil node;
  private List<Door> doors = List.of();
  private RunningGateway gateway;

  @BeforeEach
  void start() {
    node = Anvil.start(Anvil.Options.automatic().chainId(31337).blockTime(Duration.ofSeconds(1)));
    doors = Stream.generate(() -> Door.to(node.port())).limit(3).toList();
    gateway =
        RunningGateway.builder()
            .cached()
            .set(
                "RPC_PROVIDERS_HTTP",
                doors.stream().map(Door::url).collect(Collectors.joining(",")))
            .start();
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    doors.forEach(Door::close);
    if (node != null) {
      node.close();
    }
  }

  @Test
  void isAsUsualWithViem() throws Exception {
    spend(Client.javaScript("viem.mjs", "viem", url()));
  }

  @Test
  void isAsUsualWithEthers() throws Exception {
    spend(Client.javaScript("ethers.mjs", "ethers", url()));
  }

  @Test
  void isAsUsualWithWeb3j() throws Exception {
    spend(Client.web3j(url()));
  }

  private String url() {
    return "http://127.0.0.1:" + gateway.port();
  }

  private void spend(Client client) throws Exception {
    try (client) {
      client.await("half");

      doors.getFirst().close();
      client.goOn();

      client.await("done");
      assertThat(client.exitCode()).isZero();
    }
  }
}

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
 * Applications that listen, with libraries that poll filters: through the gateway, before three
 * providers of one real chain, of which one is killed in the middle.
 */
@Timeout(180)
class FilterWatchTest {

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
  void hearsEachEventOnceWithViem() throws Exception {
    listen(Client.javaScript("watch-viem.mjs", "viem", url()));
  }

  @Test
  void hearsEachEventOnceWithEthers() throws Exception {
    listen(Client.javaScript("watch-ethers.mjs", "ethers", url()));
  }

  @Test
  void hearsEachEventOnceWithWeb3j() throws Exception {
    listen(Client.web3j("Web3jWatch.java", url()));
  }

  private String url() {
    return "http://127.0.0.1:" + gateway.port();
  }

  private void listen(Client client) throws Exception {
    try (client) {
      client.await("half");

      doors.getFirst().close();
      client.goOn();

      client.await("done");
      assertThat(client.exitCode()).isZero();
      assertThat(gateway.management().get("/metrics").text())
          .contains("method_group=\"eth_getFilterChanges\"");
    }
  }
}

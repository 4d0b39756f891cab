package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Anvil;
import io.jethproxy.testing.AnvilTrio;
import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three real nodes tell of their blocks and transactions, while one after another is killed. */
@Timeout(120)
class NodeSocketsTest {

  private static final String TRANSFER =
      "[{\"from\":\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\","
          + "\"to\":\"0x70997970C51812dc3A010C7d01b50e0d17dc79C8\",\"value\":\"0x1\"}]";

  private AnvilTrio trio;
  private RunningGateway gateway;

  @BeforeEach
  void start() {
    trio = AnvilTrio.start(1);
    trio.mine(3);
    List<Anvil> nodes = trio.nodes();
    gateway =
        RunningGateway.builder()
            .cached()
            .set(
                "RPC_PROVIDERS_HTTP",
                nodes.stream().map(n -> n.uri().toString()).collect(Collectors.joining(",")))
            .set(
                "RPC_PROVIDERS_WS",
                nodes.stream().map(n -> n.wsUri().toString()).collect(Collectors.joining(",")))
            .start();
    await(() -> live() == 3, "three sockets");
    await(() -> head() == trio.head(), "the head");
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (trio != null) { // not where anvil is not installed
      trio.close();
    }
  }

  private void await(BooleanSupplier condition, String what) {
    gateway.awaitAtThisMoment(condition, what + ": " + gateway.status());
  }

  private JsonNode sockets() {
    return JsonMapper.shared().readTree(gateway.status()).path("sockets");
  }

  private long live() {
    long live = 0;
    for (JsonNode socket : sockets()) {
      live += socket.path("state").asString().equals("live") ? 1 : 0;
    }
    return live;
  }

  private long head() {
    JsonNode number = gateway.client().call("eth_blockNumber", "[]").json().path("result");
    return number.isString() ? Long.decode(number.asString()) : -1;
  }

  @Test
  void blocksAreKnownByHintsAndByPollingWhateverDies() {
    for (int i = 0; i < 3; i++) {
      trio.mine();
      await(() -> head() == trio.head(), "a block by hints");
    }
    for (JsonNode socket : sockets()) {
      assertThat(socket.path("notices").asInt()).isGreaterThanOrEqualTo(3);
    }

    trio.lag(2);
    trio.node(2).kill();
    await(() -> live() == 2, "one socket less");
    for (int i = 0; i < 3; i++) {
      trio.mine();
      await(() -> head() == trio.head(), "a block by the others' hints");
    }

    trio.restart(2);
    await(() -> live() == 3, "the socket of the node that is back");
    trio.mine();
    await(() -> head() == trio.head(), "a block by all");
    for (long number = 1; number <= trio.head(); number++) {
      assertThat(
              gateway
                  .client()
                  .call("eth_getBlockByNumber", "[\"0x%x\",false]".formatted(number))
                  .result()
                  .path("hash")
                  .asString())
          .isEqualTo(trio.node(0).hash(number).orElseThrow());
    }
  }

  @Test
  void waitingTransactionsComeByTheSockets() {
    String filter =
        gateway.client().call("eth_newPendingTransactionFilter", "[]").result().toString();
    await(() -> gateway.status().contains("\"hearsPending\":true"), "they are subscribed to");

    String sent = trio.node(0).rpc("eth_sendTransaction", TRANSFER).asString();

    List<String> told = new ArrayList<>();
    await(
        () -> {
          gateway
              .client()
              .call("eth_getFilterChanges", "[" + filter + "]")
              .result()
              .forEach(hash -> told.add(hash.asString()));
          return told.contains(sent);
        },
        "the transaction is told of");
    assertThat(told).containsOnlyOnce(sent);
  }
}

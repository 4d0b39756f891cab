package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Log;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RunningGateway;
import io.jethproxy.testing.WsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients of the shipped gateway listen over real sockets while providers die and chains turn. */
class SubscriptionsOverSocketsTest {

  private final LoggedNode node = new LoggedNode();
  private final FakeTicker ticker = new FakeTicker();
  private final List<WsClient> clients = new ArrayList<>();
  private List<FakeProvider> providers = List.of();
  private RunningGateway gateway;

  @BeforeEach
  void start() {
    node.chain().first(1_000);
    providers = List.of(node.provider(), node.provider(), node.provider());
    gateway =
        RunningGateway.before(providers.toArray(FakeProvider[]::new))
            .cached()
            .ticker(ticker)
            .start();
  }

  @AfterEach
  void stop() {
    clients.forEach(WsClient::close);
    gateway.close();
    providers.forEach(FakeProvider::close);
  }

  private WsClient connect() {
    WsClient client = WsClient.connect(gateway.port(), "/");
    clients.add(client);
    return client;
  }

  private String subscribe(WsClient client, String params) {
    gateway.await(
        () -> client.call("eth_blockNumber", "[]").result().asString().length() > 2, "a head");
    List<JsonNode> answer = new ArrayList<>();
    gateway.await(
        () -> {
          JsonNode json = client.call("eth_subscribe", params).json();
          answer.add(json);
          return json.has("result");
        },
        "subscribed: " + params);
    return answer.getLast().path("result").asString();
  }

  /** What the client is told next, turning the clock until it is. */
  private List<JsonNode> told(WsClient client, int count) {
    List<JsonNode> told = new ArrayList<>();
    gateway.await(
        () -> {
          Optional<JsonNode> next = client.next(Duration.ofMillis(5));
          while (next.isPresent()) {
            told.add(next.get().path("params").path("result"));
            next = client.next(Duration.ofMillis(1));
          }
          return told.size() >= count;
        },
        count + " notifications");
    return told;
  }

  private static List<List<Log>> log(int data) {
    return List.of(List.of(new Log(new byte[20], List.of(), new byte[] {(byte) data})));
  }

  private static List<String> hashes(List<JsonNode> heads) {
    return heads.stream().map(head -> head.path("hash").asString()).toList();
  }

  private static List<String> data(List<JsonNode> logs) {
    return logs.stream()
        .map(log -> (log.path("removed").asBoolean() ? "-" : "") + log.path("data").asString())
        .toList();
  }

  @Test
  void tellsEveryHeadOnceThroughDeathsAndReorganisations() {
    WsClient client = connect();
    subscribe(client, "[\"newHeads\"]");
    List<String> expected = new ArrayList<>();
    List<String> heard = new ArrayList<>();

    for (int round = 0; round < 4; round++) {
      FakeProvider dying = providers.get(round % 3);
      dying.kill();
      for (int i = 0; i < 3; i++) {
        expected.add(node.chain().mine().hash().toString());
      }
      heard.addAll(hashes(told(client, 3)));
      dying.revive();
      long fork = node.tip().number() - 2;
      node.chain().reorganise(fork, round + 1, List.of());
      for (Block block : node.canonical().tailMap(fork, false).values()) {
        expected.add(block.hash().toString());
      }
      heard.addAll(hashes(told(client, 3)));
    }

    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void tellsLogsTakesBackThoseOfOrphanedBlocksAndTellsTheNewOnes() {
    WsClient client = connect();
    subscribe(client, "[\"logs\",{}]");
    node.chain().mine(log(1));
    node.chain().mine(log(2));
    assertThat(data(told(client, 2))).containsExactly("0x01", "0x02");

    node.chain().reorganise(1_000, 1, log(3));

    assertThat(data(told(client, 3))).containsExactly("-0x02", "-0x01", "0x03");
  }

  @Test
  void waitsForLogsThatNobodyHasAndThenGoesOnInOrder() {
    WsClient client = connect();
    subscribe(client, "[\"logs\",{}]");
    node.chain().mine(log(0));
    assertThat(data(told(client, 1))).containsExactly("0x00"); // so it has come to the feed
    node.isWithoutLogs = true;
    node.chain().mine(log(1));
    node.chain().mine(log(2));
    gateway.await(
        () ->
            gateway
                .management()
                .get("/metrics")
                .text()
                .contains("jeth_subscription_logs_waiting{network=\"mainnet\"} 1"),
        "the stream waits");
    for (int i = 0; i < 60; i++) {
      ticker.advanceMillis(100);
    }
    assertThat(client.next(Duration.ofMillis(100))).isEmpty();

    node.isWithoutLogs = false;

    assertThat(data(told(client, 2))).containsExactly("0x01", "0x02");
  }

  @Test
  void goesOnAtAnotherReplicaWhichNeverSawTheOrphanedBlock() {
    WsClient first = connect();
    subscribe(first, "[\"logs\",{}]");
    Block block = node.chain().mine(log(1));
    assertThat(data(told(first, 1))).containsExactly("0x01");
    node.chain().reorganise(1_000, 1, log(2));

    try (RunningGateway other =
        RunningGateway.before(providers.toArray(FakeProvider[]::new))
            .cached()
            .ticker(ticker)
            .start()) {
      WsClient second = WsClient.connect(other.port(), "/");
      clients.add(second);
      String params =
          "[\"logs\",{\"resume\":{\"blockHash\":\"%s\",\"logIndex\":\"0x0\"}}]"
              .formatted(block.hash());
      CompletableFuture<JsonNode> answer =
          CompletableFuture.supplyAsync(
              () -> second.call("eth_subscribe", params).json(), Thread::startVirtualThread);
      other.await(answer::isDone, "an answer, perhaps when its chain reaches down to there");
      assertThat(answer.join().has("result")).as("%s", answer.join()).isTrue();

      assertThat(data(told(second, 2))).containsExactly("-0x01", "0x02");
    }
  }

  @Test
  void endsTheConnectionWithTheBlockToGoOnFromWhenAllWereOutForTooLong() {
    WsClient client = connect();
    subscribe(client, "[\"newHeads\"]");
    String last = node.tip().hash().toString();
    providers.forEach(FakeProvider::kill);
    for (int i = 0; i < 900; i++) {
      node.chain().mine();
    }
    providers.forEach(FakeProvider::revive);

    gateway.await(() -> !client.isOpen(), "the connection ends");

    assertThat(client.closed().code()).isEqualTo(1013);
    assertThat(client.closed().reason()).contains(last);
  }

  @Test
  void nobodyEndsAnotherClientsSubscription() {
    WsClient one = connect();
    WsClient other = connect();
    String id = subscribe(one, "[\"newHeads\"]");

    assertThat(id).matches("0x[0-9a-f]{32}");
    assertThat(other.call("eth_unsubscribe", "[\"" + id + "\"]").result().asBoolean()).isFalse();
    String head = node.chain().mine().hash().toString();
    assertThat(hashes(told(one, 1))).containsExactly(head);
    assertThat(one.call("eth_unsubscribe", "[\"" + id + "\"]").result().asBoolean()).isTrue();
  }

  @Test
  void costsProvidersForManyWhatItCostsForOne() {
    for (int i = 0; i < 40; i++) {
      subscribe(connect(), "[\"logs\",{}]");
    }
    node.chain().mine(log(1));
    clients.forEach(client -> assertThat(told(client, 1)).hasSize(1));

    node.chain().mine(log(2));
    clients.forEach(client -> assertThat(data(told(client, 1))).containsExactly("0x02"));

    long byReceipts =
        providers.stream().mapToLong(each -> each.count("eth_getBlockReceipts")).sum();
    assertThat(byReceipts).isLessThan(40);
    assertThat(providers.stream().mapToLong(each -> each.count("eth_getLogs")).sum()).isZero();
  }

  @Test
  void countsWhatIsAskedForThoseWhoListenApartFromFollowing() {
    providers.forEach(each -> each.on("eth_newPendingTransactionFilter").answer("\"0x5\""));
    providers.forEach(each -> each.on("eth_getFilterChanges").answer("[]"));
    WsClient client = connect();
    subscribe(client, "[\"newPendingTransactions\"]");
    gateway.await(() -> listening("eth_newPendingTransactionFilter") == 3, "one at each");
    gateway.await(() -> listening("eth_getFilterChanges") > 3, "they are polled");
    assertThat(listening("eth_getLogs")).isZero();

    subscribe(client, "[\"logs\",{\"fromBlock\":\"0x3de\"}]");
    gateway.await(() -> listening("eth_getLogs") > 0, "older logs are asked for");

    long asked = providers.stream().mapToLong(each -> each.count("eth_getLogs")).sum();
    assertThat(listening("eth_getLogs")).isLessThanOrEqualTo(asked);
    assertThat(counted("jeth_following_requests_total", "eth_getLogs")).isZero();
    JsonNode network = JsonMapper.shared().readTree(gateway.status()).path("networks").path(0);
    JsonNode cost = network.path("listening");
    assertThat(cost.path("requestsPerDay").asLong()).isPositive();
    assertThat(cost.path("alchemyComputeUnitsPerDay").asLong()).isPositive();
    assertThat(network.path("providers").path(0).path("listening").isObject()).isTrue();
  }

  private long listening(String method) {
    return counted("jeth_listening_requests_total", method);
  }

  private long counted(String metric, String method) {
    return gateway
        .management()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(metric + "{"))
        .filter(line -> line.contains("method=\"" + method + "\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}

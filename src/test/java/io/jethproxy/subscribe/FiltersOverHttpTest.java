package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Filters of the shipped gateway before three providers, which keep none for it or their own. */
class FiltersOverHttpTest {

  private final FakeWorld world = FakeWorld.ofChain(1);
  private final FakeTicker ticker = new FakeTicker();
  private List<FakeProvider> providers = List.of();
  private RunningGateway gateway;

  @BeforeEach
  void start() {
    providers =
        List.of(FakeProvider.start(world), FakeProvider.start(world), FakeProvider.start(world));
    gateway = RunningGateway.before(providers.toArray(FakeProvider[]::new)).ticker(ticker).start();
    gateway.await(() -> create("eth_newBlockFilter").errorCode() == 0, "the chain is followed");
  }

  @AfterEach
  void stop() {
    gateway.close();
    providers.forEach(FakeProvider::close);
  }

  private Answered create(String method) {
    return gateway.client().call(method, "[]");
  }

  private Answered poll(String id) {
    return gateway.client().call("eth_getFilterChanges", "[\"" + id + "\"]");
  }

  private List<String> texts(String id) {
    return poll(id).result().valueStream().map(JsonNode::asString).toList();
  }

  /** Polls until the newest block was told. */
  private List<String> untilHead(String id) {
    List<String> told = new ArrayList<>();
    String head = world.hash(world.head());
    gateway.await(
        () -> {
          told.addAll(texts(id));
          return told.contains(head);
        },
        "block " + world.head() + " is told of");
    return told;
  }

  private List<String> hashes(long from) {
    List<String> hashes = new ArrayList<>();
    for (long number = from; number <= world.head(); number++) {
      hashes.add(world.hash(number));
    }
    return hashes;
  }

  @Test
  void tellsEachBlockOnceThroughDeathsAndReorganisations() {
    String id = create("eth_newBlockFilter").result().asString();
    long from = world.head() + 1;

    world.head(from + 2);
    assertThat(untilHead(id)).isEqualTo(hashes(from));
    providers.getFirst().kill();
    world.head(from + 5);
    assertThat(untilHead(id)).isEqualTo(hashes(from + 3));
    world.forkFrom(from + 4, "other").head(from + 6);
    assertThat(untilHead(id)).isEqualTo(hashes(from + 4));
    assertThat(texts(id)).isEmpty();

    providers.forEach(each -> assertThat(each.count("eth_newBlockFilter")).isZero());
  }

  @Test
  void followsBackFurtherThanTheBlocksThatAreKept() {
    String id = create("eth_newBlockFilter").result().asString();
    long from = world.head() + 1;
    for (int i = 0; i < 8; i++) {
      world.head(world.head() + 50);
      gateway.await(() -> head() == world.head(), "block " + world.head() + " is the head");
    }

    assertThat(texts(id)).isEqualTo(hashes(from));
  }

  private long head() {
    return Long.decode(gateway.client().call("eth_blockNumber", "[]").result().asString());
  }

  @Test
  void tellsOfTheTransactionsThatAnyProviderTellsEachOnce() {
    String one = "\"0x" + "1".repeat(64) + "\"";
    String two = "\"0x" + "2".repeat(64) + "\"";
    providers.get(0).on("eth_newPendingTransactionFilter").answer("\"0xa\"");
    providers.get(1).on("eth_newPendingTransactionFilter").answer("\"0xb\"");
    String id = create("eth_newPendingTransactionFilter").result().asString();
    String late = create("eth_newPendingTransactionFilter").result().asString();

    providers.get(0).on("eth_getFilterChanges").answer("[" + one + "]");
    providers.get(1).on("eth_getFilterChanges").answer("[" + one + "," + two + "]");
    ticker.advanceMillis(1_000);

    assertThat(texts(id)).containsExactlyInAnyOrder(one.replace("\"", ""), two.replace("\"", ""));
    assertThat(texts(id)).isEmpty();
    assertThat(texts(late)).hasSize(2);
    assertThat(providers.get(0).count("eth_newPendingTransactionFilter")).isEqualTo(1);
    assertThat(providers.get(2).count("eth_getFilterChanges")).isZero();
  }

  @Test
  void keepsAFilterWhenNobodyKnowsTheChainForAWhile() {
    String id = create("eth_newBlockFilter").result().asString();
    providers.forEach(FakeProvider::kill);
    world.mine();
    gateway.await(() -> poll(id).errorCode() != 0, "nobody shows the chain");

    assertThat(poll(id).errorCode()).isEqualTo(-32002);
    providers.forEach(FakeProvider::revive);
    gateway.await(() -> poll(id).errorCode() == 0, "the chain is shown again");
  }

  @Test
  void answersAllPollsOfABatch() {
    String id = create("eth_newBlockFilter").result().asString();
    world.mine();
    gateway.await(() -> head() == world.head(), "the head has moved");
    String item =
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"eth_getFilterChanges\",\"params\":[\""
            + id
            + "\"]}";

    JsonNode answers =
        gateway.client().post("[" + item.formatted(1) + "," + item.formatted(2) + "]").json();

    assertThat(answers.get(0).path("result")).hasSize(1);
    assertThat(answers.get(1).path("result").isArray()).isTrue();
    assertThat(answers.get(1).path("result")).isEmpty();
  }
}

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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The oracle over sockets: real clients of a real gateway listen to a chain that grows and
 * reorganises at random, while its providers die and come back, and their sockets tell of new
 * blocks late, twice, out of order, of orphaned ones or not at all, fall silent, are reset, closed
 * and refused. What each client adds up is the chain at each rest: nothing is lost, nothing told
 * twice, nothing out of order. The clock turns only when everybody has heard everything.
 *
 * <p>{@code -Dlong.runs=true} has ten runs of 1,000 steps instead of two of 200.
 */
class HintedListenersTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final int STEPS = LONG ? 1_000 : 200;
  private static final int STEPS_UNTIL_REST = 20;
  private static final long FIRST = 1_000;

  /** A client that adds up what it is told. */
  private final class Ear {
    private final WsClient client = WsClient.connect(gateway.port(), "/");
    private final long began;
    private final String heads;
    private final List<JsonNode> chain = new ArrayList<>();
    private final List<ObjectNode> held = new ArrayList<>();

    Ear() {
      JsonNode tip = client.call("eth_blockNumber", "[]").result();
      began = Long.decode(tip.asString());
      heads = client.call("eth_subscribe", "[\"newHeads\"]").result().asString();
      client.call("eth_subscribe", "[\"logs\",{}]").result();
    }

    void listen() {
      for (Optional<JsonNode> next = next(); next.isPresent(); next = next()) {
        JsonNode told = next.get().path("params");
        if (told.path("subscription").asString().equals(heads)) {
          head(told.path("result"));
        } else {
          log((ObjectNode) told.path("result"));
        }
      }
    }

    private Optional<JsonNode> next() {
      return client.next(Duration.ofMillis(1));
    }

    private void head(JsonNode head) {
      assertThat(chain).doesNotContain(head);
      String parent = head.path("parentHash").asString();
      while (!chain.isEmpty() && !chain.getLast().path("hash").asString().equals(parent)) {
        chain.removeLast();
        reroots++;
      }
      chain.add(head);
    }

    private void log(ObjectNode told) {
      ObjectNode same = told.deepCopy().put("removed", false);
      if (told.path("removed").asBoolean()) {
        assertThat(held).last().isEqualTo(same);
        held.removeLast();
        removals++;
      } else {
        assertThat(held).allMatch(before -> place(before) < place(same));
        held.add(same);
      }
    }

    private static long place(JsonNode log) {
      return (Long.decode(log.path("blockNumber").asString()) << 16)
          + Long.decode(log.path("logIndex").asString());
    }

    boolean isRight() {
      return chain.stream().map(head -> head.path("hash").asString()).toList().equals(hashes())
          && held.stream().map(JsonNode::toString).toList().equals(logs());
    }

    /** A branch that forked off below where it began is told from the fork on. */
    private Stream<Block> expected() {
      long first =
          chain.isEmpty() ? began + 1 : Long.decode(chain.getFirst().path("number").asString());
      return node.canonical().tailMap(Math.min(first, began + 1)).values().stream();
    }

    private List<String> hashes() {
      return expected().map(block -> block.hash().toString()).toList();
    }

    private List<String> logs() {
      return expected()
          .flatMap(block ->
              JsonMapper.shared()
                  .readTree(Polling.logs(node.chain().receipts(block).text()))
                  .valueStream())
          .map(JsonNode::toString)
          .toList();
    }

    @Override
    public String toString() {
      return "told " + chain.size() + " heads, expected " + hashes() + "; held " + held;
    }
  }

  private final LoggedNode node = new LoggedNode();
  private final FakeTicker ticker = new FakeTicker();
  private final List<FakeProvider> providers = new ArrayList<>();
  private final List<FakeProvider> dead = new ArrayList<>();
  private final List<Ear> ears = new ArrayList<>();
  private final List<Block> untold = new ArrayList<>();
  private RunningGateway gateway;
  private Random random = new Random(0);
  private long variants;
  private int reroots;
  private int removals;

  private static LongStream seeds() {
    return LONG ? LongStream.rangeClosed(1, 10) : LongStream.of(3, 21);
  }

  @AfterEach
  void stop() {
    ears.forEach(ear -> ear.client.close());
    gateway.close();
    providers.forEach(FakeProvider::close);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyClientAddsUpToTheChainWhateverSocketsTell(long seed) {
    random = new Random(seed);

    for (int i = 1; i <= STEPS; i++) {
      grow();
      hint();
      mistreat(providers.get(random.nextInt(providers.size())));
      pass(random.nextInt(16));
      if (i % STEPS_UNTIL_REST == 0) {
        rest();
      }
    }

    assertThat(reroots).isPositive();
    assertThat(removals).isPositive();
    assertThat(sockets("notices")).isGreaterThan(STEPS / 4);
    assertThat(sockets("reconnects")).isGreaterThan(STEPS / 40);
  }

  @BeforeEach
  void start() {
    node.chain().first(FIRST);
    for (int i = 0; i < 3; i++) {
      providers.add(node.provider());
    }
    gateway =
        RunningGateway.before(providers.toArray(FakeProvider[]::new))
            .set(
                "RPC_PROVIDERS_WS",
                providers.stream().map(FakeProvider::wsUrl).collect(Collectors.joining(",")))
            .cached()
            .ticker(ticker)
            .start();
    pass(20);
    for (int i = 0; i < 4; i++) {
      ears.add(new Ear());
      pass(1);
    }
  }

  private void grow() {
    if (random.nextInt(5) == 0 && node.tip().number() > FIRST + 10) {
      long parent = node.tip().number() - 1 - random.nextInt(4);
      node.chain().reorganise(parent, ++variants, _ -> logs());
    } else {
      node.chain().mine(logs());
    }
    untold.add(node.tip());
  }

  /** Blocks of now and before, orphaned ones too, in any order, perhaps several times. */
  private void hint() {
    Collections.shuffle(untold, random);
    for (int i = random.nextInt(4); i > 0; i--) {
      Block block = untold.get(random.nextInt(untold.size()));
      providers.get(random.nextInt(3)).sockets().tellHeads(block.json().text());
    }
    if (untold.size() > 6) {
      untold.removeFirst();
    }
  }

  private void mistreat(FakeProvider provider) {
    switch (random.nextInt(12)) {
      case 0 -> provider.sockets().reset();
      case 1 -> provider.sockets().hangUp(1001);
      case 2 -> provider.sockets().refuse(503).reset();
      case 3 -> provider.sockets().sendText("{\"half\":");
      case 4 -> provider.sockets().tellHeads("{\"hash\":\"0x" + "ab".repeat(32) + "\"}");
      case 5 -> {
        if (dead.size() < 2 && !dead.contains(provider)) {
          provider.kill();
          dead.add(provider);
        }
      }
      case 6, 7 -> heal();
      default -> {
        // left alone
      }
    }
  }

  private void heal() {
    dead.forEach(FakeProvider::revive);
    dead.clear();
    providers.forEach(each -> each.sockets().behave());
  }

  private void pass(int quarters) {
    for (int i = 0; i < quarters; i++) {
      gateway.settle(providers);
      ticker.advanceMillis(250);
    }
    gateway.settle(providers);
    ears.forEach(Ear::listen);
  }

  /** Everybody is well: then everybody is told everything, and no more. */
  private void rest() {
    heal();
    for (int i = 0; i < 400 && !ears.stream().allMatch(Ear::isRight); i++) {
      pass(1);
    }
    pass(8);
    assertThat(ears).allMatch(Ear::isRight);
    assertThat(ears).allMatch(ear -> ear.client.isOpen());
  }

  private long sockets(String what) {
    return JsonMapper.shared()
        .readTree(gateway.status())
        .path("sockets")
        .valueStream()
        .mapToLong(socket -> socket.path(what).asLong())
        .sum();
  }

  private List<List<Log>> logs() {
    List<List<Log>> transactions = new ArrayList<>();
    for (int t = random.nextInt(3); t > 0; t--) {
      transactions.add(
          List.of(new Log(new byte[20], List.of(), new byte[] {(byte) random.nextInt()})));
    }
    return transactions;
  }
}

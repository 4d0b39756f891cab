package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients of a chain that grows and reorganises at random, with providers that fail, leave out logs
 * and deny blocks at random: what a client adds up, is the chain's logs at each poll; and nothing
 * is removed that is not the last that it has.
 */
class FilterHistoryTest {

  private static final byte[][] ADDRESSES = {address(1), address(2), address(3)};
  private static final Hash[] TOPICS = {new Hash(0, 0, 0, 1), new Hash(0, 0, 0, 2)};

  private static final String[] FILTERS = {
    "{}",
    "{\"address\":\"0x" + "0".repeat(39) + "1\"}",
    "{\"address\":\"0x" + "0".repeat(39) + "2\",\"topics\":[null]}",
    "{\"topics\":[[\"" + TOPICS[1] + "\"]]}",
    "{\"fromBlock\":\"0x6e\",\"toBlock\":\"0x78\"}"
  };

  /** A client: its filter, and what it adds up. */
  private static final class Listener {
    private final String filter;
    private final String id;
    private final Set<Hash> before = new HashSet<>();
    private final List<ObjectNode> held = new ArrayList<>();
    private final List<String> heads = new ArrayList<>();
    private final String headsId;

    Listener(String filter, Polling polling) {
      this.filter = filter;
      this.id = polling.newFilter(filter);
      this.headsId = Polling.text(polling.ask("eth_newBlockFilter", "[]"));
      polling.canonical.values().forEach(block -> before.add(block.hash()));
    }
  }

  private final Polling polling = new Polling();
  private final List<Listener> listeners = new ArrayList<>();
  private final Map<Hash, JsonNode> read = new HashMap<>();
  private Random random = new Random(0);
  private long variants;
  private int polls;
  private int removals;
  private int failures;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void addsUpToTheLogsOfTheChainAtEachPoll(long seed) {
    random = new Random(seed);
    polling.provider = _ -> this::mishap;
    polling.chain.first(100);
    for (int i = 0; i < 500; i++) {
      step();
    }
    polling.provider = _ -> honest -> honest;
    listeners.forEach(this::poll);

    assertThat(polls).isGreaterThan(50);
    assertThat(removals).isGreaterThan(20);
    assertThat(failures).isPositive();
  }

  private void step() {
    long tip = polling.chain.view().tipNumber();
    int chance = random.nextInt(100);
    if (chance < 25) {
      polling.chain.mine(logs());
    } else if (chance < 32) {
      long parent = tip - 1 - random.nextInt(5);
      if (parent >= polling.chain.view().bottomNumber()) {
        polling.chain.reorganise(parent, ++variants, _ -> logs());
      }
    } else if (chance < 45) {
      List<Block> blocks = polling.chain.view().blocks();
      polling.chain.keepReceipts(
          blocks.get(blocks.size() - 1 - random.nextInt(Math.min(4, blocks.size()))));
    } else if (chance < 50 && listeners.size() < 12) {
      listeners.add(new Listener(FILTERS[random.nextInt(FILTERS.length)], polling));
    } else if (!listeners.isEmpty()) {
      poll(listeners.get(random.nextInt(listeners.size())));
    }
  }

  /** A provider is out, or leaves out what it should tell. */
  private Outcome mishap(Outcome honest) {
    int chance = random.nextInt(100);
    if (chance < 15) {
      return Polling.OUT;
    }
    JsonNode all = Polling.json(honest);
    if (chance < 25 || all.size() < 2) {
      return chance < 25 ? new Outcome.Answer(RawJson.of("[]"), "liar", true) : honest;
    }
    List<String> some = all.valueStream().map(JsonNode::toString).skip(1).toList();
    return chance < 30
        ? new Outcome.Answer(RawJson.of("[" + String.join(",", some) + "]"), "liar", true)
        : honest;
  }

  private void poll(Listener listener) {
    List<ObjectNode> held = listener.held;
    switch (polling.poll(listener.id)) {
      case Outcome.Answer answer -> {
        Polling.json(answer).forEach(log -> take(held, log));
        assertThat(held.stream().map(JsonNode::toString).toList()).isEqualTo(expected(listener));
        polls++;
      }
      case Outcome.Refused _ -> failures++;
      case Outcome.Rejected _, Outcome.Unserved _ -> throw new AssertionError("the filter is lost");
    }
    Polling.json(polling.poll(listener.headsId))
        .forEach(hash -> listener.heads.add(hash.asString()));
    String tip = polling.chain.view().tip().orElseThrow().hash().toString();
    if (!listener.heads.isEmpty()) {
      assertThat(listener.heads).last().isEqualTo(tip);
      assertThat(listener.heads).doesNotHaveDuplicates();
    }
  }

  private void take(List<ObjectNode> held, JsonNode log) {
    ObjectNode same = ((ObjectNode) log.deepCopy()).put("removed", false);
    if (log.path("removed").asBoolean()) {
      assertThat(held).last().isEqualTo(same);
      held.removeLast();
      removals++;
    } else {
      held.add(same);
    }
  }

  private List<String> expected(Listener listener) {
    JsonNode filter = JsonMapper.shared().readTree(listener.filter);
    List<String> logs = new ArrayList<>();
    for (Block block : polling.canonical.values()) {
      boolean isCovered =
          filter.path("fromBlock").isMissingNode()
              || (block.number() >= 0x6e && block.number() <= 0x78);
      if (!listener.before.contains(block.hash()) && isCovered) {
        all(block).filter(log -> wants(filter, log)).map(JsonNode::toString).forEach(logs::add);
      }
    }
    return logs;
  }

  private Stream<JsonNode> all(Block block) {
    return read.computeIfAbsent(
            block.hash(),
            _ -> JsonMapper.shared().readTree(Polling.logs(polling.chain.receipts(block).text())))
        .valueStream();
  }

  private static boolean wants(JsonNode filter, JsonNode log) {
    boolean isAddress =
        filter.path("address").isMissingNode()
            || filter.path("address").asString().equals(log.path("address").asString());
    JsonNode topic = filter.path("topics").path(0);
    boolean isTopic =
        topic.isMissingNode()
            || (topic.isNull() && !log.path("topics").isEmpty())
            || (topic.isArray()
                && topic.path(0).asString().equals(log.path("topics").path(0).asString()));
    return isAddress && isTopic;
  }

  private List<List<Log>> logs() {
    List<List<Log>> transactions = new ArrayList<>();
    for (int t = random.nextInt(3); t > 0; t--) {
      List<Log> logs = new ArrayList<>();
      for (int l = random.nextInt(3); l > 0; l--) {
        List<Hash> topics =
            random.nextBoolean() ? List.of() : List.of(TOPICS[random.nextInt(TOPICS.length)]);
        byte[] data = {(byte) random.nextInt(), (byte) random.nextInt()};
        logs.add(new Log(ADDRESSES[random.nextInt(ADDRESSES.length)], topics, data));
      }
      transactions.add(logs);
    }
    return transactions;
  }

  private static byte[] address(int last) {
    byte[] address = new byte[20];
    address[19] = (byte) last;
    return address;
  }
}

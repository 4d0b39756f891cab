package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.rpc.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The oracle: clients listen to a chain that grows and reorganises at random, on two loops whose
 * turns are up to chance, with receipts that come late or not at all, providers that are out or
 * leave out logs, lines that die and are resumed. What a client adds up is the chain's logs at each
 * rest, and it is never told to take back anything but the last that it has; its heads follow each
 * other by their parents. Nothing is lost, nothing told twice, nothing out of order. News of the
 * chain come twice, late and for nothing.
 *
 * <p>{@code -Dlong.runs=true} has forty runs of 5,000 blocks instead of four of 1,000.
 */
class SubscriptionHistoryTest {

  private static final boolean LONG = Boolean.getBoolean("long.runs");
  private static final long BLOCKS = LONG ? 5_000 : 1_000;

  private static final byte[][] ADDRESSES = {address(1), address(2), address(3)};
  private static final Hash[] TOPICS = {new Hash(0, 0, 0, 1), new Hash(0, 0, 0, 2)};

  private static final String[] FILTERS = {
    "",
    "\"address\":\"0x" + "0".repeat(39) + "1\"",
    "\"address\":[\"0x" + "0".repeat(39) + "2\",\"0x" + "0".repeat(39) + "3\"],\"topics\":[null]",
    "\"topics\":[[\"" + TOPICS[1] + "\"]]",
    "\"address\":\"0x" + "0".repeat(39) + "9\""
  };

  /** A client that adds up what it is told, over as many lines as it takes. */
  private final class Client {
    private final String filter;
    private final boolean wantsHeads;
    private final int loop;
    private FakeLine line = new FakeLine();
    private Optional<String> id = Optional.empty();
    private String position = "";

    // What it began after.
    private Set<Hash> before = new HashSet<>();
    private long lowest;
    private long from = -1;

    private final List<ObjectNode> held = new ArrayList<>();
    private final List<JsonNode> heads = new ArrayList<>();
    private final List<String> story = new ArrayList<>();

    Client(String filter, boolean wantsHeads, int loop) {
      this.filter = filter;
      this.wantsHeads = wantsHeads;
      this.loop = loop;
    }

    void begin() {
      long tip = listening.chain.view().tipNumber();
      boolean isFromBlock = random.nextInt(3) == 0;
      from = isFromBlock ? Math.max(101, tip - random.nextInt(wantsHeads ? 300 : 600)) : -1;
      lowest = isFromBlock ? from : tip + 1;
      before = new HashSet<>();
      listening.canonical.values().forEach(block -> before.add(block.hash()));
      String start = isFromBlock ? "\"fromBlock\":\"" + Listening.quantity(from) + "\"" : "";
      subscribe(start);
    }

    void resume() {
      String start = resumption();
      if (start.isEmpty()) {
        held.clear();
        heads.clear();
        begin();
      } else {
        subscribe(start);
        resumptions++;
      }
    }

    private void subscribe(String start) {
      line = new FakeLine();
      line.isNarrow = random.nextBoolean();
      String options =
          Stream.of(filter, start)
              .filter(part -> !part.isEmpty())
              .reduce((one, other) -> one + "," + other)
              .orElse("");
      String params =
          wantsHeads ? "[\"newHeads\",{" + start + "}]" : "[\"logs\",{" + options + "}]";
      story.add("subscribe " + start + " at " + listening.chain.view().tipNumber());
      Outcome outcome = listening.ask(line, loop, "eth_subscribe", params);
      id =
          outcome instanceof Outcome.Answer ? Optional.of(Polling.text(outcome)) : Optional.empty();
      if (id.isEmpty()) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      }
    }

    /** Empty when it has nothing to go on from. */
    private String resumption() {
      if (wantsHeads) {
        return heads.isEmpty()
            ? ""
            : "\"resume\":{\"blockHash\":" + heads.getLast().path("hash") + "}";
      }
      String block = "\"fromBlock\":\"" + Listening.quantity(from >= 0 ? from : lowest) + "\"";
      String first = from >= 0 ? "}," + block : "," + block + "}";
      if (!position.isEmpty() && position.contains(" 0x") && random.nextBoolean()) {
        String hash = position.substring(position.lastIndexOf(' ') + 1);
        if (hash.length() == 66) {
          return "\"resume\":{\"blockHash\":\"" + hash + "\"" + first;
        }
      }
      if (held.isEmpty()) {
        return "";
      }
      JsonNode last = held.getLast();
      return "\"resume\":{\"blockHash\":"
          + last.path("blockHash")
          + ",\"logIndex\":"
          + last.path("logIndex")
          + first;
    }

    /** Its line dies; what was sent before still arrives. */
    void die() {
      listening.end(line, loop);
      listen();
      position = line.position();
      story.add("die at " + position);
      id = Optional.empty();
    }

    void listen() {
      if (id.isPresent()) {
        line.take(id.get()).forEach(this::take);
      }
    }

    private void take(JsonNode told) {
      if (wantsHeads) {
        takeHead(told);
        return;
      }
      ObjectNode same = ((ObjectNode) told.deepCopy()).put("removed", false);
      if (told.path("removed").asBoolean()) {
        assertThat(held).as("story %s", story).last().isEqualTo(same);
        held.removeLast();
        removals++;
        story.add("removed " + same.path("blockNumber").asString());
      } else {
        if (!held.isEmpty()) {
          assertThat(place(same)).as("story %s", story).isGreaterThan(place(held.getLast()));
        }
        held.add(same);
        story.add("added " + same.path("blockNumber").asString());
        lowest = Math.min(lowest, place(same) >> 16);
      }
    }

    private long place(JsonNode log) {
      return (number(log, "blockNumber") << 16) + number(log, "logIndex");
    }

    private void takeHead(JsonNode head) {
      assertThat(heads).doesNotContain(head);
      String parent = head.path("parentHash").asString();
      while (!heads.isEmpty() && !heads.getLast().path("hash").asString().equals(parent)) {
        heads.removeLast();
        reroots++;
      }
      heads.add(head);
      headsTold++;
    }

    /** At rest, with all that is known told. */
    void check() {
      if (id.isEmpty()) {
        return;
      }
      assertThat(line.ended()).as(line.reason()).isEmpty();
      if (wantsHeads) {
        checkHeads();
      } else {
        assertSame(held.stream().map(JsonNode::toString).toList(), expectedLogs());
      }
      checks++;
    }

    private void checkHeads() {
      List<String> hashes = heads.stream().map(head -> head.path("hash").asString()).toList();
      List<String> expected =
          listening.canonical.values().stream()
              .filter(this::isExpected)
              .map(block -> block.hash().toString())
              .toList();
      assertSame(hashes, expected);
    }

    /** Says briefly where they part. */
    private void assertSame(List<String> told, List<String> expected) {
      int same = 0;
      while (same < Math.min(told.size(), expected.size())
          && told.get(same).equals(expected.get(same))) {
        same++;
      }
      assertThat(told.subList(same, Math.min(told.size(), same + 1)))
          .as(
              "%s %s from %d: %d told, %d expected, the first %d the same, position %s, story %s",
              wantsHeads ? "heads" : "logs",
              filter,
              from,
              told.size(),
              expected.size(),
              same,
              line.position(),
              story)
          .isEqualTo(expected.subList(same, Math.min(expected.size(), same + 1)));
    }

    private List<String> expectedLogs() {
      List<String> logs = new ArrayList<>();
      for (Block block : listening.canonical.values()) {
        if (isExpected(block)) {
          logsOf(block).filter(this::wants).map(JsonNode::toString).forEach(logs::add);
        }
      }
      return logs;
    }

    private boolean isExpected(Block block) {
      return from >= 0 ? block.number() >= from || (wantsHeads && isTold(block)) : isTold(block);
    }

    /** Below where it began, but of a branch that forked off there. */
    private boolean isTold(Block block) {
      return !before.contains(block.hash());
    }

    private boolean wants(JsonNode log) {
      String address = log.path("address").asString();
      return switch (filter) {
        case "" -> true;
        default ->
            filter.contains("address")
                ? filter.contains(address)
                    && (!filter.contains("topics") || !log.path("topics").isEmpty())
                : log.path("topics").path(0).asString().equals(TOPICS[1].toString());
      };
    }
  }

  private Listening listening = new Listening();
  private final List<Client> clients = new ArrayList<>();
  private final Map<Hash, List<JsonNode>> read = new HashMap<>();
  private Random random = new Random(0);
  private long variants;
  private int checks;
  private int removals;
  private int reroots;
  private int resumptions;
  private int headsTold;

  private static LongStream seeds() {
    return LONG ? LongStream.rangeClosed(1, 40) : LongStream.of(1, 2, 13, 34);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyClientAddsUpToTheChainAtEachRest(long seed) {
    random = new Random(seed);
    listening = new Listening(Listening.CONFIG, seed);
    listening.provider = this::mishap;
    listening.chain.first(100);
    while (listening.chain.view().tipNumber() < 100 + BLOCKS) {
      for (int i = 0; i < 40; i++) {
        step();
      }
      rest();
    }

    assertThat(checks).isGreaterThan(400);
    assertThat(removals).isGreaterThan(50);
    assertThat(reroots).isGreaterThan(100);
    assertThat(resumptions).isGreaterThan(10);
    assertThat(headsTold).isGreaterThan(1_000);
    clients.forEach(client -> listening.end(client.line, client.loop));
    listening.pass(Duration.ofMinutes(1));
    assertThat(listening.stage().open()).isZero();
    assertThat(listening.ticker.pending()).isZero();
  }

  private void step() {
    int chance = random.nextInt(100);
    if (chance < 30) {
      listening.chain.mine(logs());
    } else if (chance < 36) {
      long parent = listening.chain.view().tipNumber() - 1 - random.nextInt(6);
      if (parent >= listening.chain.view().bottomNumber()) {
        listening.chain.reorganise(parent, ++variants, _ -> logs());
      }
    } else if (chance < 55) {
      keepReceipts(random.nextInt(5));
    } else if (chance < 58) {
      listening.chain.follow(anyBlock());
      listening.stage().news(1);
    } else if (chance < 62 && clients.size() < 24) {
      Client client =
          new Client(
              FILTERS[random.nextInt(FILTERS.length)], random.nextInt(3) == 0, random.nextInt(2));
      clients.add(client);
      client.begin();
    } else if (chance < 66 && !clients.isEmpty()) {
      Client client = clients.get(random.nextInt(clients.size()));
      if (client.id.isPresent()) {
        client.die();
      } else {
        client.resume();
      }
    } else if (chance < 80) {
      listening.loops.run(random.nextInt(6));
    } else if (chance < 85) {
      listening.pass(Duration.ofMillis(50L * random.nextInt(30)));
    } else {
      clients.forEach(Client::listen);
      clients.forEach(client -> client.line.makeRoom());
    }
  }

  /** All receipts come, providers are well, lines have room: then everybody is told everything. */
  private void rest() {
    listening.provider = _ -> honest -> honest;
    List.copyOf(listening.chain.view().blocks()).stream()
        .filter(block -> block.receipts().isEmpty())
        .skip(random.nextInt(3))
        .forEach(listening.chain::keepReceipts);
    for (int i = 0; i < 60; i++) {
      listening.pass(Duration.ofMillis(i < 12 ? 1_000 : 0));
      clients.forEach(client -> client.line.makeRoom());
    }
    clients.forEach(Client::listen);
    clients.forEach(Client::check);
    listening.provider = this::mishap;
  }

  private java.util.function.UnaryOperator<Outcome> mishap(String method) {
    return honest -> {
      int chance = random.nextInt(100);
      if (chance < 15) {
        return Listening.OUT;
      }
      boolean isRange = method.equals("eth_getLogs") && chance < 100 && !isOfOneBlock(honest);
      if (isRange || !(honest instanceof Outcome.Answer answer) || answer.result().first() != '[') {
        return honest;
      }
      JsonNode all = Polling.json(honest);
      if (chance < 25 && all.size() > 0) {
        return new Outcome.Answer(RawJson.of("[]"), "liar", true);
      }
      if (chance < 35 && all.size() > 1) {
        List<String> some = all.valueStream().map(JsonNode::toString).skip(1).toList();
        return new Outcome.Answer(RawJson.of("[" + String.join(",", some) + "]"), "liar", true);
      }
      return honest;
    };
  }

  /** Who asks for many blocks is answered by stages that this test leaves out. */
  private boolean isOfOneBlock(Outcome honest) {
    return listening.askedByHash && honest instanceof Outcome.Answer;
  }

  private Block anyBlock() {
    List<Block> blocks = listening.chain.view().blocks();
    return blocks.get(blocks.size() - 1 - random.nextInt(Math.min(5, blocks.size())));
  }

  private void keepReceipts(int depth) {
    List<Block> blocks = listening.chain.view().blocks();
    listening.chain.keepReceipts(
        blocks.get(blocks.size() - 1 - Math.min(depth, blocks.size() - 1)));
  }

  private Stream<JsonNode> logsOf(Block block) {
    return read
        .computeIfAbsent(
            block.hash(),
            _ ->
                Listening.json(Polling.logs(listening.chain.receipts(block).text()))
                    .valueStream()
                    .toList())
        .stream();
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

  private static long number(JsonNode log, String key) {
    return Long.parseLong(log.path(key).asString().substring(2), 16);
  }

  private static byte[] address(int last) {
    byte[] address = new byte[20];
    address[19] = (byte) last;
    return address;
  }
}

package io.jethproxy.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * The logs of a {@link FakeWorld}'s blocks up to one of them: none to three in each, of three
 * contracts, with up to three topics of four; always the same ones. Headers know nothing of them,
 * so keep them away from the newest blocks, which are checked.
 */
public final class FakeLogs {

  private static final int ADDRESSES = 3;
  private static final int TOPICS = 4;

  /** One log. */
  public record Entry(long block, int index, String address, List<String> topics) {}

  private final FakeWorld world;
  private final long lastBlock;

  public FakeLogs(FakeWorld world, long lastBlock) {
    this.world = world;
    this.lastBlock = lastBlock;
  }

  public static String address(int number) {
    return "0x%040x".formatted(0xaaa0 + number % ADDRESSES);
  }

  public static String topic(int number) {
    return "0x%064x".formatted(0x7000 + number % TOPICS);
  }

  /** The logs of a block that a filter wants, in order. */
  public List<Entry> of(long block, JsonNode filter) {
    Set<String> addresses = texts(filter.path("address"));
    return all(block).stream()
        .filter(log -> addresses.isEmpty() || addresses.contains(log.address()))
        .filter(log -> fits(log, filter.path("topics")))
        .toList();
  }

  /** Those of a range. */
  public List<Entry> of(long from, long to, JsonNode filter) {
    List<Entry> found = new ArrayList<>();
    for (long block = from; block <= to; block++) {
      found.addAll(of(block, filter));
    }
    return found;
  }

  /** What a node answers. */
  public String json(List<Entry> logs) {
    return logs.stream().map(this::json).toList().toString();
  }

  private String json(Entry log) {
    return """
    {"address":"%s","topics":%s,"data":"0x","blockNumber":"0x%x","blockHash":"%s",\
    "transactionHash":"0x%064x","transactionIndex":"0x%x","logIndex":"0x%x","removed":false}\
    """
        .formatted(
            log.address(),
            log.topics().stream().map(each -> '"' + each + '"').toList(),
            log.block(),
            world.hash(log.block()),
            log.block() * 100 + log.index(),
            log.index(),
            log.index());
  }

  private List<Entry> all(long block) {
    if (block > lastBlock) {
      return List.of();
    }
    Random random = new Random(block * 7_919);
    random.nextInt();
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(index ->
            new Entry(
                block,
                index,
                address(random.nextInt(ADDRESSES)),
                IntStream.range(0, random.nextInt(4))
                    .mapToObj(_ -> topic(random.nextInt(TOPICS)))
                    .toList()))
        .toList();
  }

  private static boolean fits(Entry log, JsonNode topics) {
    if (topics.size() > log.topics().size()) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      Set<String> choices = texts(topics.path(i));
      if (!choices.isEmpty() && !choices.contains(log.topics().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> texts(JsonNode value) {
    Set<String> texts = new HashSet<>();
    if (value.isString()) {
      texts.add(value.asString());
    }
    value.forEach(each -> texts.add(each.asString()));
    return texts;
  }
}

package io.jethproxy.nodes;

import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.OpenLoop.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a mixed crowd of clients asks, and whether each answer is true. What is asked of a block by
 * its number or hash has one right answer. What is asked of the head may be a little old: at most
 * {@link #STALENESS}. Clients ask only for blocks that they were shown through the gateway.
 */
final class MixedReads {

  /** How far behind the truth an answer about the head may be when it is asked for. */
  static final Duration STALENESS = Duration.ofSeconds(2);

  /** Code without an address: returns its block's number, the hash before it, its timestamp. */
  private static final String WHICH_BLOCK = "0x435f5260014303406020524260405260605ff3";

  private static final int DEEP = 40;
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Empty when the answer is right, else what was expected. */
  private record Expectation(Question question, Function<JsonNode, String> verdict) {}

  private final Truth truth;
  private final long seed;
  private final AtomicLong shown = new AtomicLong(1);
  private final Map<Long, Expectation> asked = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  MixedReads(Truth truth, long seed) {
    this.truth = truth;
    this.seed = seed;
  }

  /** Every wrong answer, described. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  /** What to ask with this number. */
  Question question(long id) {
    SplittableRandom dice = new SplittableRandom(seed + id);
    Truth.Block block = someBlock(dice);
    Expectation expectation =
        switch (dice.nextInt(12)) {
          case 0, 1 -> headNumber();
          case 2 -> headBlock();
          case 3 -> headProbe();
          case 4 -> blockByNumber(block);
          case 5 -> blockByHash(block);
          case 6, 7 -> balance(block);
          case 8 -> nonce(block);
          case 9 -> receipt(block);
          case 10 -> logs(block, dice.nextInt(8));
          default -> probe(block);
        };
    asked.put(id, expectation);
    return expectation.question();
  }

  /** Compares an answer with the truth. */
  void hear(Sample sample) {
    Expectation expectation = asked.remove(sample.id());
    if (sample.failed()) {
      return; // counted by the load's report
    }
    String objection = objection(expectation, sample);
    if (!objection.isEmpty()) {
      Question question = expectation.question();
      wrong.add(
          "at %.2f s, after %.1f ms: %s %s gave %.200s (expected: %s)"
              .formatted(
                  sample.dueNanos() / 1e9,
                  sample.latencyNanos() / 1e6,
                  question.method(),
                  question.params(),
                  sample.answer(),
                  objection));
    }
  }

  private static String objection(Expectation expectation, Sample sample) {
    try {
      return expectation.verdict().apply(JSON.readTree(sample.answer()));
    } catch (RuntimeException unreadable) {
      return "an answer that can be read: " + unreadable;
    }
  }

  private Truth.Block someBlock(SplittableRandom dice) {
    long newest = Math.min(shown.get(), truth.head().number());
    return truth.block(dice.nextLong(Math.max(1, newest - DEEP), newest + 1));
  }

  // The head.

  private Expectation headNumber() {
    long asked = System.nanoTime();
    return new Expectation(
        new Question("eth_blockNumber", "[]"),
        result -> headObjection(Long.decode(result.asString()), asked));
  }

  private Expectation headBlock() {
    long asked = System.nanoTime();
    return new Expectation(
        new Question("eth_getBlockByNumber", "[\"latest\",false]"),
        result -> {
          long number = Long.decode(result.path("number").asString());
          String objection = headObjection(number, asked);
          return objection.isEmpty() && truth.has(number)
              ? unless(result.path("hash").asString(), truth.block(number).hash())
              : objection;
        });
  }

  private Expectation headProbe() {
    long asked = System.nanoTime();
    return new Expectation(
        new Question("eth_call", "[{\"data\":\"" + WHICH_BLOCK + "\"},\"latest\"]"),
        result -> {
          long number =
              Long.decode("0x" + result.asString().substring(2, 66).replaceFirst("^0+", ""));
          String objection = headObjection(number, asked);
          return objection.isEmpty() && truth.has(number)
              ? unless(result.asString(), probed(truth.block(number)))
              : objection;
        });
  }

  private String headObjection(long number, long askedNanos) {
    long least = truth.knownBefore(askedNanos, STALENESS);
    long most = truth.highest();
    if (number < least || number > most) {
      return "a head of " + least + " to " + most;
    }
    shown.accumulateAndGet(number, Math::max);
    return "";
  }

  // Blocks of the past.

  private static Expectation blockByNumber(Truth.Block block) {
    return new Expectation(
        new Question("eth_getBlockByNumber", "[\"0x%x\",false]".formatted(block.number())),
        result -> unless(result.path("hash").asString(), block.hash()));
  }

  private static Expectation blockByHash(Truth.Block block) {
    return new Expectation(
        new Question("eth_getBlockByHash", "[\"" + block.hash() + "\",false]"),
        result -> unless(result.path("number").asString(), "0x%x".formatted(block.number())));
  }

  private Expectation balance(Truth.Block block) {
    return new Expectation(
        new Question(
            "eth_getBalance", "[\"%s\",\"0x%x\"]".formatted(truth.contract(), block.number())),
        result -> unless(result.asString(), "0x%x".formatted(block.saved())));
  }

  private Expectation nonce(Truth.Block block) {
    return new Expectation(
        new Question(
            "eth_getTransactionCount",
            "[\"%s\",\"0x%x\"]".formatted(truth.sender(), block.number())),
        result -> unless(result.asString(), "0x%x".formatted(block.nonce())));
  }

  private static Expectation receipt(Truth.Block block) {
    return new Expectation(
        new Question("eth_getTransactionReceipt", "[\"" + block.transaction() + "\"]"),
        result -> unless(result.path("blockHash").asString(), block.hash()));
  }

  private Expectation logs(Truth.Block last, int before) {
    long first = Math.max(2, last.number() - before); // the contract is made in block 1
    List<String> hashes =
        java.util.stream.LongStream.rangeClosed(first, last.number())
            .mapToObj(number -> truth.block(number).hash())
            .toList();
    return new Expectation(
        new Question(
            "eth_getLogs",
            "[{\"address\":\"%s\",\"fromBlock\":\"0x%x\",\"toBlock\":\"0x%x\"}]"
                .formatted(truth.contract(), Math.min(first, last.number()), last.number())),
        result ->
            unless(
                result
                    .valueStream()
                    .map(log -> log.path("blockHash").asString())
                    .toList()
                    .toString(),
                hashes.toString()));
  }

  private static Expectation probe(Truth.Block block) {
    return new Expectation(
        new Question(
            "eth_call", "[{\"data\":\"%s\"},\"0x%x\"]".formatted(WHICH_BLOCK, block.number())),
        result -> unless(result.asString(), probed(block)));
  }

  private static String probed(Truth.Block block) {
    return "0x%064x%s%064x"
        .formatted(block.number(), block.parent().substring(2), block.timestamp());
  }

  private static String unless(String found, String expected) {
    return found.equals(expected) ? "" : expected;
  }
}

package io.jethproxy.nodes;

import io.jethproxy.testing.Minings;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.OpenLoop.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a mixed crowd of clients asks, and whether each answer is true. What is asked of a block by
 * its number or hash has one right answer. What is asked of the head may be a little old: at most
 * {@link #STALENESS}. Clients ask only for blocks that they were shown through the gateway. What a
 * race inside anvil ({@link Minings}) can have done to an answer is told apart and counted.
 */
final class MixedReads {

  /** How far behind the truth an answer about the head may be when it is asked for. */
  static final Duration STALENESS = Duration.ofSeconds(2);

  /** Code without an address: returns its block's number, the hash before it, its timestamp. */
  private static final String WHICH_BLOCK = "0x435f5260014303406020524260405260605ff3";

  private static final int DEEP = 40;
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * What makes an answer right.
   *
   * @param verdict empty when it is, else what was expected
   * @param state what was asked for, when it is a state of the past
   */
  private record Expectation(
      long askedNanos,
      Question question,
      Function<JsonNode, String> verdict,
      Optional<StateRead> state) {

    Expectation(Question question, Function<JsonNode, String> verdict) {
      this(System.nanoTime(), question, verdict, Optional.empty());
    }
  }

  /** Something that the state of a block says. */
  private record StateRead(Truth.Block block, Function<Truth.Block, String> value) {}

  /** An answer that is that of the next block, if it turns out to be so. */
  private record Doubt(StateRead read, String answer, String complaint) {}

  private final Truth truth;
  private final long seed;
  private final AtomicLong shown = new AtomicLong(1);
  private final NavigableMap<Long, Long> firstShown = new ConcurrentSkipListMap<>();
  private final Map<Long, Expectation> asked = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Queue<Doubt> doubts = new ConcurrentLinkedQueue<>();

  MixedReads(Truth truth, long seed) {
    this.truth = truth;
    this.seed = seed;
  }

  /** Every wrong answer, described; to ask when the chain stands still. */
  List<String> wrong() {
    return Stream.concat(
            wrong.stream(),
            doubts.stream().filter(doubt -> !isOfTheNext(doubt)).map(Doubt::complaint))
        .toList();
  }

  /**
   * Answers that are wrong because of the race that {@link Minings} tells of: the state of the next
   * block, while a node mined it.
   */
  List<String> excused() {
    return doubts.stream().filter(this::isOfTheNext).map(Doubt::complaint).toList();
  }

  private boolean isOfTheNext(Doubt doubt) {
    long next = doubt.read().block().number() + 1;
    return truth.has(next) && doubt.read().value().apply(truth.block(next)).equals(doubt.answer());
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
      wrong(
          expectation,
          sample.answer(),
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

  /**
   * Either it met a node that mined the next block, or it was told again what such a one had been
   * told: answers about the newest block are kept until the gateway knows of the next.
   */
  private boolean mayHaveRaced(long number, long askedNanos, long answeredNanos) {
    boolean isNextBegun =
        truth.minings().firstBegan(number + 1).orElse(Long.MAX_VALUE) <= answeredNanos;
    Map.Entry<Long, Long> next = firstShown.ceilingEntry(number + 1);
    boolean isNextUnknown = next == null || askedNanos <= next.getValue();
    return (isNextBegun && isNextUnknown)
        || truth.minings().mayHaveRaced(number, askedNanos, answeredNanos);
  }

  /** What the next block says is not known before it is mined everywhere. */
  private void wrong(Expectation expectation, String answer, String complaint) {
    long now = System.nanoTime();
    Optional<StateRead> raced =
        expectation
            .state()
            .filter(read -> mayHaveRaced(read.block().number(), expectation.askedNanos(), now));
    if (raced.isPresent()) {
      doubts.add(new Doubt(raced.get(), JSON.readTree(answer).asString(""), complaint));
    } else {
      wrong.add(complaint);
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
    if (shown.getAndAccumulate(number, Math::max) < number) {
      firstShown.putIfAbsent(number, System.nanoTime());
    }
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
    return state(
        new Question(
            "eth_getBalance", "[\"%s\",\"0x%x\"]".formatted(truth.contract(), block.number())),
        block,
        of -> "0x%x".formatted(of.saved()));
  }

  private Expectation nonce(Truth.Block block) {
    return state(
        new Question(
            "eth_getTransactionCount",
            "[\"%s\",\"0x%x\"]".formatted(truth.sender(), block.number())),
        block,
        of -> "0x%x".formatted(of.nonce()));
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
    return state(
        new Question(
            "eth_call", "[{\"data\":\"%s\"},\"0x%x\"]".formatted(WHICH_BLOCK, block.number())),
        block,
        MixedReads::probed);
  }

  private static Expectation state(
      Question question, Truth.Block block, Function<Truth.Block, String> value) {
    return new Expectation(
        System.nanoTime(),
        question,
        result -> unless(result.asString(), value.apply(block)),
        Optional.of(new StateRead(block, value)));
  }

  private static String probed(Truth.Block block) {
    return "0x%064x%s%064x"
        .formatted(block.number(), block.parent().substring(2), block.timestamp());
  }

  private static String unless(String found, String expected) {
    return found.equals(expected) ? "" : expected;
  }
}

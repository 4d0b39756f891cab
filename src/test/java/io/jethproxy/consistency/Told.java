package io.jethproxy.consistency;

import io.jethproxy.consistency.Block.LogLine;
import io.jethproxy.consistency.Oracle.NodeState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A chain and a history by hand. Block n is canonical from second n on, on all three nodes. In
 * second 20 the blocks 18 to 20 are replaced by others, up to 21, which takes a second. One payment
 * is in block 5, another in block 19 of either branch.
 */
final class Told {

  static final long REORG_SECOND = 20;
  static final String SENDER = "0x" + "5".repeat(40);
  static final Payment EARLY = payment(0, "0x01");
  static final Payment LATE = payment(1, "0x02");

  private static final long SECOND = 1_000_000_000;

  private final Lateness lateness = Lateness.none();
  private final Oracle oracle = new Oracle(3, 0);
  private final Map<Long, Block> old = new HashMap<>();
  private final Map<Long, Block> now = new HashMap<>();
  private final List<Op> ops = new ArrayList<>();

  Told() {
    Block tip = block(Optional.empty(), 0, "a");
    show(tip, 0);
    old.put(0L, tip);
    for (long number = 1; number <= REORG_SECOND; number++) {
      tip = block(Optional.of(tip), number, "a");
      old.put(number, tip);
      show(tip, number * SECOND);
    }
    Block left = tip;
    now.putAll(old);
    tip = tip.ancestor(17);
    for (long number = 18; number <= REORG_SECOND + 1; number++) {
      tip = block(Optional.of(tip), number, "b");
      oracle.add(tip);
      now.put(number, tip);
    }
    long start = REORG_SECOND * SECOND + SECOND / 2;
    show(tip, start);
    oracle.reorganised(left, tip, start, start + SECOND);
  }

  /** The block of this number before the reorganisation. */
  Block old(long number) {
    return old.get(number);
  }

  /** The block of this number after the reorganisation. */
  Block now(long number) {
    return now.get(number);
  }

  /** The machine gave no time from then until then. */
  Told stalled(double fromSecond, double untilSecond) {
    lateness.stalled((long) (fromSecond * SECOND), (long) (untilSecond * SECOND));
    return this;
  }

  /** A call of session {@code me} that took a tenth of a second. */
  Told ok(double second, String method, String params, String result) {
    return add("me", -1, second, Op.Type.OK, method, params, result);
  }

  Told other(double second, String method, String params, String result) {
    return add("other", -1, second, Op.Type.OK, method, params, result);
  }

  Told item(double second, String method, String params, String result) {
    return add("me", Math.round(second * 10), second, Op.Type.OK, method, params, result);
  }

  Told fail(double second, String method, String params, int code) {
    String error = "{\"code\":" + code + ",\"message\":\"no\"}";
    return add("me", -1, second, Op.Type.FAIL, method, params, error);
  }

  private Told add(
      String session,
      long batch,
      double second,
      Op.Type type,
      String method,
      String params,
      String answer) {
    long invoked = (long) (second * SECOND);
    ops.add(
        new Op(
            ops.size(),
            session,
            batch,
            invoked,
            invoked + SECOND / 10,
            type,
            method,
            Json.read(params),
            Json.read(answer)));
    return this;
  }

  /** Which guarantees the history breaks, in order, each as often as it is broken. */
  List<Guarantee> broken() {
    Purse purse = new Purse(payment(7, "0x03"), List.of(EARLY, LATE));
    Slack slack = Slack.of(java.time.Duration.ofSeconds(1), lateness);
    return new Checker(oracle, purse, slack).check(ops).stream().map(Violation::guarantee).toList();
  }

  // Answers.

  static String header(Block block) {
    return "{\"number\":%s,\"hash\":\"%s\"}".formatted(Json.hex(block.number()), block.hash());
  }

  static String probe(Block block) {
    return "\"0x%064x%s%064x\""
        .formatted(
            block.number(), block.parent().orElseThrow().hash().substring(2), block.timestamp());
  }

  static String receipt(Block block, Payment payment) {
    return "{\"transactionHash\":\"%s\",\"blockHash\":\"%s\"}"
        .formatted(payment.hash(), block.hash());
  }

  static String transaction(Payment payment) {
    return "{\"hash\":\"%s\",\"blockHash\":null}".formatted(payment.hash());
  }

  /** The only log of this block, as a subscription tells it. */
  static String log(Block block, boolean isRemoved) {
    String logs = logs(block);
    return logs.substring(1, logs.length() - 2) + ",\"removed\":" + isRemoved + "}";
  }

  /** The logs of these blocks, in order. */
  static String logs(Block... blocks) {
    return List.of(blocks).stream()
        .flatMap(block -> block.logs().stream())
        .map(log ->
            ("{\"blockHash\":\"%s\",\"transactionHash\":\"%s\",\"logIndex\":\"0x0\","
                    + "\"topics\":[\"%s\"],\"data\":\"%s\"}")
                .formatted(log.blockHash(), log.transactionHash(), log.topic(), log.data()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  static String list(Object... texts) {
    return List.of(texts).stream()
        .map(t -> "\"" + t + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private void show(Block tip, long nanos) {
    oracle.add(tip);
    oracle.extend(tip, nanos);
    LongStream.range(0, 3).forEach(i -> oracle.node((int) i, nanos, new NodeState(tip, true)));
  }

  private static Payment payment(long nonce, String raw) {
    return new Payment(SENDER, nonce, nonce + 1, raw, Purse.hashOf(raw));
  }

  private static Block block(Optional<Block> parent, long number, String branch) {
    String hash = "0x" + "%s%02x".formatted(branch, number).repeat(22).substring(0, 64);
    List<Payment> payments =
        number == 5 ? List.of(EARLY) : number == 19 ? List.of(LATE) : List.of();
    return new Block(
        hash,
        parent,
        number,
        1_000 + number * 12 + (branch.equals("b") ? 1 : 0),
        1,
        0,
        1,
        payments,
        payments.stream().map(p -> new LogLine(hash, p.hash(), 0, "0xaa", "0x01")).toList(),
        number < 5 ? 0 : number < 19 ? 1 : 3,
        number < 5 ? Map.of() : Map.of(SENDER, number < 19 ? 1L : 2L));
  }
}

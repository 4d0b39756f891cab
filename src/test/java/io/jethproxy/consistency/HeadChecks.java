package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G1_MONOTONIC_HEAD;
import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;

import java.util.Optional;

/** What a call may say about the newest block. */
final class HeadChecks {

  private final Findings findings;
  private final Floor heads;

  HeadChecks(Findings findings, Floor heads) {
    this.findings = findings;
    this.heads = heads;
  }

  /** The number that a call gave for the head; empty when it is not such a call. */
  static Optional<Long> headIn(Op op, Findings findings) {
    return switch (op.method()) {
      case "eth_blockNumber" -> Optional.of(Json.number(op.answer()));
      case "eth_getBlockByNumber" ->
          op.text(0).equals("latest") && op.answer().isObject()
              ? Optional.of(Json.number(op.answer().path("number")))
              : Optional.empty();
      case "eth_call" ->
          op.text(1).equals("latest")
              ? findings.probed(op.answer()).map(Block::number)
              : Optional.empty();
      case SubscriptionChecks.NOTICE ->
          op.text(0).equals("newHeads")
              ? Optional.of(Json.number(op.answer().path("number")))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Only the number is known. */
  void number(Op op, long number) {
    if (number > findings.highest(op)) {
      findings.add(
          G2_NO_PHANTOM, op, "head " + number, "at most " + findings.highest(op) + " existed");
      return;
    }
    monotonic(op, number);
  }

  /** The block is known; empty when no node ever had it. */
  void block(Op op, Optional<Block> head) {
    if (head.isEmpty()) {
      findings.add(G2_NO_PHANTOM, op, "a head that was never made", "one of the made blocks");
      return;
    }
    if (!findings.isCanonicalFor(head.get(), op)) {
      findings.add(
          G2_NO_PHANTOM,
          op,
          "head " + head.get() + ", not canonical at the time",
          "heads of a canonical branch, such as " + findings.canonical(head.get().number(), op));
      return;
    }
    monotonic(op, head.get().number());
  }

  private void monotonic(Op op, long number) {
    Floor.Given floor = heads.at(op);
    if (number < floor.number()) {
      findings.add(
          G1_MONOTONIC_HEAD,
          op,
          "head " + number,
          "at least %d, given by call #%d before".formatted(floor.number(), floor.op().id()));
      return;
    }
    long agreed = findings.agreed(op);
    if (number < agreed) {
      findings.add(
          G2_NO_PHANTOM,
          op,
          "stale head " + number,
          "at least " + agreed + ", which two steady nodes had for long");
    }
  }
}

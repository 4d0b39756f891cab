package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G3_READ_AFTER_HEAD;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;

/** Reads of blocks, receipts and state, by number, by hash and at the head. */
final class ReadChecks {

  private final Findings findings;
  private final Floor given;

  ReadChecks(Findings findings, Floor given) {
    this.findings = findings;
    this.given = given;
  }

  void blockByNumber(Op op, long number) {
    Floor.Given floor = given.at(op);
    if (op.answer().isNull()) {
      if (number <= floor.number()) {
        hole(op, "null", number, floor);
      }
      return;
    }
    Optional<Block> block = findings.oracle().block(op.answer().path("hash").asString());
    if (block.filter(b -> findings.canonical(number, op).contains(b)).isEmpty()) {
      findings.add(
          block.isEmpty() || block.get().number() == number ? G2_NO_PHANTOM : G3_READ_AFTER_HEAD,
          op,
          "block " + block.map(Block::toString).orElse("that was never made"),
          "block " + number + ": " + findings.canonical(number, op));
    }
  }

  void blockByHash(Op op, String hash) {
    Optional<Block> block = findings.oracle().block(hash);
    if (op.answer().isNull()) {
      block.filter(b -> mustBeThere(b, op)).ifPresent(b -> hole(op, "null", b));
    } else if (!op.answer().path("hash").asString().equals(hash)) {
      findings.add(G3_READ_AFTER_HEAD, op, "block " + op.answer().path("hash"), "block " + hash);
    }
  }

  void probeAt(Op op, long number) {
    Optional<Block> block = findings.probed(op.answer());
    if (block.filter(b -> findings.canonical(number, op).contains(b)).isEmpty()) {
      findings.add(
          number <= given.at(op).number() ? G3_READ_AFTER_HEAD : G2_NO_PHANTOM,
          op,
          "state of block " + block.map(Block::toString).orElse("that was never made"),
          "state of block " + number + ": " + findings.canonical(number, op));
    }
  }

  /** A block's receipts; the block by number, by hash or as the head. */
  void receipts(Op op, String block) {
    List<Block> candidates = candidates(op, block);
    if (candidates.isEmpty()) {
      return;
    }
    if (op.answer().isNull() || candidates.stream().noneMatch(b -> areOf(b, op.answer()))) {
      if (isDue(op, block, candidates) || !isEmpty(op.answer())) {
        findings.add(
            G3_READ_AFTER_HEAD,
            op,
            op.answer().isNull() ? "null" : op.answer().size() + " receipts",
            "all receipts of " + shown(candidates));
      }
    }
  }

  /** A quantity of the state, such as a balance, by number or at the head. */
  void state(Op op, String block, ToLongFunction<Block> value) {
    List<Block> candidates = candidates(op, block);
    long number = Json.number(op.answer());
    if (isDue(op, block, candidates)
        && candidates.stream().noneMatch(b -> value.applyAsLong(b) == number)) {
      findings.add(
          G3_READ_AFTER_HEAD,
          op,
          Long.toString(number),
          candidates.stream().mapToLong(value).distinct().boxed().toList()
              + ", as in "
              + shown(candidates));
    }
  }

  /** Whether the session was given a head that makes this block readable. */
  boolean mustBeThere(Block block, Op op) {
    return block.number() <= given.at(op).number()
        && findings.oracle().stayedCanonical(block, op.invokedNanos(), op.completedNanos());
  }

  /** The blocks that may be meant; none when the session knows too little to tell. */
  List<Block> candidates(Op op, String block) {
    if (block.equals("latest")) {
      long floor = Math.max(given.at(op).number(), findings.agreed(op));
      return floor < 0 ? List.of() : findings.heads(floor, op);
    }
    return block.length() == 66
        ? findings.oracle().block(block).stream().toList()
        : findings.canonical(Long.decode(block), op);
  }

  /** Whether the data of one of these is owed, not nothing. */
  boolean isDue(Op op, String block, List<Block> candidates) {
    if (candidates.isEmpty()) {
      return false;
    }
    return switch (block.length()) {
      case 66 -> mustBeThere(candidates.getFirst(), op);
      default -> block.equals("latest") || Long.decode(block) <= given.at(op).number();
    };
  }

  /** Whether these are all receipts of this block. */
  static boolean areOf(Block block, JsonNode receipts) {
    List<String> hashes = new ArrayList<>();
    for (JsonNode receipt : receipts) {
      if (!receipt.path("blockHash").asString("").equals(block.hash())) {
        return false;
      }
      hashes.add(receipt.path("transactionHash").asString(""));
    }
    return hashes.equals(block.transactions().stream().map(Payment::hash).toList());
  }

  private static boolean isEmpty(JsonNode answer) {
    return answer.isNull() || (answer.isArray() && answer.isEmpty());
  }

  static String shown(List<Block> blocks) {
    return blocks.size() <= 6
        ? blocks.toString()
        : blocks.size() + " blocks up to " + blocks.getLast();
  }

  private void hole(Op op, String seen, Block block) {
    hole(op, seen, block.number(), given.at(op));
  }

  private void hole(Op op, String seen, long number, Floor.Given floor) {
    findings.add(
        G3_READ_AFTER_HEAD,
        op,
        seen + " for block " + number,
        "the block or an error: head %d was given by call #%d"
            .formatted(floor.number(), floor.op().id()));
  }
}

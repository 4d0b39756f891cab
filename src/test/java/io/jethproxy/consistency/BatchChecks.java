package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G7_ONE_FORK_PER_BATCH;
import static io.jethproxy.consistency.Guarantee.G8_FINALITY;

import io.jethproxy.consistency.Block.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** All answers of a batch that speak of the head must be true of one and the same block. */
final class BatchChecks {

  private final Findings findings;

  BatchChecks(Findings findings) {
    this.findings = findings;
  }

  void check(List<Op> batch) {
    List<Op> told = batch.stream().filter(Op::isOk).toList();
    List<Block> heads = named(told);
    if (!heads.isEmpty()) {
      oneHead(told, heads);
    }
    ordered(told);
  }

  /** Takes one item after the other and keeps the heads that it leaves. */
  private void oneHead(List<Op> told, List<Block> named) {
    List<Block> heads = named;
    for (Op op : told) {
      List<Block> left = heads.stream().filter(head -> fits(op, head)).toList();
      if (left.isEmpty()) {
        findings.add(
            G7_ONE_FORK_PER_BATCH,
            op,
            "an answer that is not true at " + ReadChecks.shown(heads),
            "what the other answers of the batch are true at");
        return;
      }
      heads = left;
    }
  }

  /** The heads that the first telling item leaves. */
  private List<Block> named(List<Op> told) {
    for (Op op : told) {
      Stream<Block> heads =
          switch (op.method()) {
            case "eth_blockNumber" -> findings.oracle().blocks(Json.number(op.answer())).stream();
            case "eth_getBlockByNumber" ->
                FinalityChecks.asks(op, "latest") ? block(op).stream() : Stream.empty();
            case "eth_call" ->
                op.text(1).equals("latest")
                    ? findings.probed(op.answer()).stream()
                    : Stream.empty();
            default -> Stream.empty();
          };
      List<Block> found = heads.toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private boolean fits(Op op, Block head) {
    return switch (op.method()) {
      case "eth_blockNumber" -> Json.number(op.answer()) == head.number();
      case "eth_getBlockByNumber" ->
          FinalityChecks.asks(op, "latest")
              ? block(op).filter(head::equals).isPresent()
              : block(op).filter(b -> b.isOnTheWayTo(head)).isPresent();
      case "eth_call" -> findings.probed(op.answer()).filter(head::equals).isPresent();
      case "eth_getBlockReceipts" -> ReadChecks.areOf(head, op.answer());
      case "eth_getBalance" -> Json.number(op.answer()) == head.savedWei();
      case "eth_getTransactionCount" -> Json.number(op.answer()) == head.nonce(op.text(0));
      case "eth_getLogs" -> logs(op).equals(head.logs());
      default -> true;
    };
  }

  private Optional<Block> block(Op op) {
    return findings.oracle().block(op.answer().path("hash").asString(""));
  }

  private static List<LogLine> logs(Op op) {
    List<LogLine> lines = new ArrayList<>();
    op.answer().forEach(log -> lines.add(LogLine.of(log)));
    return lines;
  }

  private void ordered(List<Op> told) {
    OptionalLong last = OptionalLong.empty();
    for (String tag : List.of("latest", "safe", "finalized")) {
      for (Op op : told.stream().filter(op -> FinalityChecks.asks(op, tag)).toList()) {
        if (op.answer().isObject()) {
          long number = Json.number(op.answer().path("number"));
          if (last.isPresent() && number > last.getAsLong()) {
            findings.add(G8_FINALITY, op, tag + " " + number, "at most " + last.getAsLong());
          }
          last = OptionalLong.of(number);
        }
      }
    }
  }
}

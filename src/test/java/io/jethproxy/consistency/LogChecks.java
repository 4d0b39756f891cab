package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G3_READ_AFTER_HEAD;
import static io.jethproxy.consistency.Guarantee.G6_COMPLETE_LOGS;

import io.jethproxy.consistency.Block.LogLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/** Logs by hash, by range and at the head: all of them, of one branch, in their order. */
final class LogChecks {

  private final Findings findings;
  private final ReadChecks reads;
  private final Floor given;

  LogChecks(Findings findings, ReadChecks reads, Floor given) {
    this.findings = findings;
    this.reads = reads;
    this.given = given;
  }

  void logs(Op op) {
    JsonNode filter = op.params().path(0);
    List<LogLine> lines = new ArrayList<>();
    op.answer().forEach(log -> lines.add(LogLine.of(log)));
    String from = filter.path("fromBlock").asString("latest");
    String to = filter.path("toBlock").asString("latest");
    if (filter.has("blockHash")) {
      ofBlock(op, lines, filter.path("blockHash").asString());
    } else if (from.equals("latest") && to.equals("latest")) {
      ofHead(op, lines);
    } else if (Long.decode(to) <= given.at(op).number()) {
      ofRange(op, lines, Long.decode(from), Long.decode(to));
    } else {
      sound(op, lines);
    }
  }

  private void ofBlock(Op op, List<LogLine> lines, String hash) {
    Optional<Block> block = findings.oracle().block(hash);
    if (block.isEmpty() || lines.equals(block.get().logs())) {
      return;
    }
    if (reads.mustBeThere(block.get(), op) || !lines.isEmpty()) {
      findings.add(
          op.answer().isNull() ? G3_READ_AFTER_HEAD : G6_COMPLETE_LOGS,
          op,
          lines.size() + " logs",
          "the " + block.get().logs().size() + " logs of " + block.get() + ", or an error");
    }
  }

  private void ofHead(Op op, List<LogLine> lines) {
    List<Block> heads = reads.candidates(op, "latest");
    if (!heads.isEmpty() && heads.stream().noneMatch(head -> head.logs().equals(lines))) {
      findings.add(
          G6_COMPLETE_LOGS,
          op,
          lines.size() + " logs",
          "those of one of " + ReadChecks.shown(heads));
    }
  }

  private void ofRange(Op op, List<LogLine> lines, long from, long to) {
    Map<Block, List<LogLine>> expected = new LinkedHashMap<>();
    findings
        .oracle()
        .views(findings.slack().orphanedBefore(op.invokedNanos()), op.completedNanos())
        .filter(tip -> tip.number() >= to)
        .map(tip -> tip.ancestor(to))
        .forEach(end -> expected.computeIfAbsent(end, e -> expected(e, from)));
    if (!expected.isEmpty() && !expected.containsValue(lines)) {
      findings.add(
          G6_COMPLETE_LOGS,
          op,
          lines.size() + " logs" + blocksOf(lines),
          "all of %d to %d: %s"
              .formatted(
                  from,
                  to,
                  expected.entrySet().stream()
                      .map(e ->
                          e.getValue().size() + " below " + e.getKey() + blocksOf(e.getValue()))
                      .toList()));
    }
  }

  private static String blocksOf(List<LogLine> lines) {
    return " of blocks "
        + lines.stream().map(l -> l.blockHash().substring(0, 10)).distinct().toList();
  }

  private static List<LogLine> expected(Block end, long from) {
    return LongStream.rangeClosed(from, end.number())
        .boxed()
        .flatMap(number -> end.ancestor(number).logs().stream())
        .toList();
  }

  /** More than was known to exist was asked for: what comes must be true at least. */
  private void sound(Op op, List<LogLine> lines) {
    for (LogLine line : lines) {
      Optional<Block> block = findings.oracle().block(line.blockHash());
      if (block.filter(b -> findings.isCanonicalFor(b, op) && b.logs().contains(line)).isEmpty()) {
        findings.add(G2_NO_PHANTOM, op, "log " + line, "logs of canonical blocks");
        return;
      }
    }
  }
}

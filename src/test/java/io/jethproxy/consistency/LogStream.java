package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G9_EACH_EVENT_ONCE;

import io.jethproxy.consistency.Block.LogLine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The logs that one subscription tells. Added minus removed is a stack: a log is added on top of
 * the one before it on its branch, and only the topmost is removed. So at every moment the stack is
 * what the chain has logged since the subscription began.
 */
final class LogStream implements SubscriptionChecks.Stream {

  private final Findings findings;
  private final Op subscribed;
  private final JsonNode topic;
  private final Deque<LogLine> held = new ArrayDeque<>();

  LogStream(Findings findings, Op subscribed) {
    this.findings = findings;
    this.subscribed = subscribed;
    this.topic = subscribed.params().path(1).path("topics").path(0);
  }

  @Override
  public void notice(Op op) {
    LogLine line = LogLine.of(op.answer());
    Optional<Block> block = findings.oracle().block(line.blockHash());
    if (block.isEmpty() || !matching(block.get()).contains(line)) {
      findings.add(G2_NO_PHANTOM, op, "a log that was never made", "one of the made logs");
    } else if (op.answer().path("removed").asBoolean(false)) {
      removed(op, line, block.get());
    } else {
      added(op, line, block.get());
    }
  }

  private void added(Op op, LogLine line, Block block) {
    if (!findings.isCanonicalFor(block, op)) {
      findings.add(G2_NO_PHANTOM, op, "a log of " + block + ", not canonical", "a canonical one");
    }
    Optional<LogLine> before = before(line, block);
    Optional<LogLine> top = Optional.ofNullable(held.peek());
    boolean follows =
        top.isPresent()
            ? top.equals(before)
            : isBeforeTheFirst(before) && !findings.isOld(block, subscribed, op);
    if (!follows) {
      boolean again = held.contains(line);
      findings.add(
          G9_EACH_EVENT_ONCE,
          op,
          "a log of " + block + (again ? " again" : ""),
          "one that follows %s; this one follows %s".formatted(top, before));
    }
    held.push(line);
  }

  private void removed(Op op, LogLine line, Block block) {
    if (!line.equals(held.peek())) {
      findings.add(G9_EACH_EVENT_ONCE, op, "a log of " + block + " removed", "only " + held.peek());
      held.remove(line);
      return;
    }
    if (findings.oracle().stayedCanonical(block, op.invokedNanos(), op.completedNanos())) {
      findings.add(
          G9_EACH_EVENT_ONCE, op, "a log removed", "none of " + block + ", which is canonical");
    }
    held.pop();
  }

  @Override
  public void end(Op op) {
    Optional<LogLine> top = Optional.ofNullable(held.peek());
    List<Optional<LogLine>> expected =
        findings.recentTips(op).stream().map(this::newest).distinct().toList();
    boolean complete =
        top.isPresent()
            ? expected.contains(top)
            : expected.stream().anyMatch(this::isBeforeTheFirst);
    if (!complete && !expected.isEmpty()) {
      findings.add(G9_EACH_EVENT_ONCE, op, "ends with " + top, "one of " + expected);
    }
  }

  /** Whether it is of a block that was there when it was subscribed. */
  private boolean isBeforeTheFirst(Optional<LogLine> line) {
    return line.flatMap(l -> findings.oracle().block(l.blockHash()))
        .map(block -> findings.wasThere(block, subscribed))
        .orElse(true);
  }

  private Optional<LogLine> before(LogLine line, Block block) {
    List<LogLine> same = matching(block);
    int at = same.indexOf(line);
    return at > 0 ? Optional.of(same.get(at - 1)) : block.parent().flatMap(this::newest);
  }

  /** The last on the way to this block. */
  private Optional<LogLine> newest(Block block) {
    Optional<Block> at = Optional.of(block);
    while (at.isPresent() && matching(at.get()).isEmpty()) {
      at = at.get().parent();
    }
    return at.map(found -> matching(found).getLast());
  }

  private List<LogLine> matching(Block block) {
    return topic.isString()
        ? block.logs().stream().filter(log -> log.topic().equals(topic.asString())).toList()
        : block.logs();
  }
}

package io.jethproxy.consistency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** */
final class History {

  private static final int OPS_MAX = 1_000_000;

  private final ConcurrentLinkedQueue<Op> ops = new ConcurrentLinkedQueue<>();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong batches = new AtomicLong();

  long nextId() {
    return ids.getAndIncrement();
  }

  long nextBatch() {
    return batches.getAndIncrement();
  }

  void add(Op op) {
    if (op.id() < OPS_MAX) {
      slim(op.answer());
      ops.add(op);
    }
  }

  /** Blooms are most of an answer, and nothing is checked by them. */
  private static void slim(JsonNode answer) {
    if (answer instanceof ObjectNode object) {
      object.remove("logsBloom");
    } else if (answer.isArray()) {
      answer.forEach(History::slim);
    }
  }

  int size() {
    return ops.size();
  }

  long count(Op.Type type) {
    return ops.stream().filter(op -> op.type() == type).count();
  }

  /** In the order in which they were asked. */
  List<Op> ops() {
    List<Op> sorted = new ArrayList<>(ops);
    sorted.sort(Comparator.comparingLong(Op::invokedNanos).thenComparingLong(Op::id));
    return sorted;
  }

  /** Writes it as lines of text. */
  Path save(Path file, long startNanos) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.write(file, ops().stream().map(op -> op.line(startNanos)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

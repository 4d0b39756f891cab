package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G8_FINALITY;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is final stays, for all callers: a maximum over all sessions, one hash for each number. */
final class FinalityChecks {

  private final Findings findings;
  private final int finalBehind;

  FinalityChecks(Findings findings, int finalBehind) {
    this.findings = findings;
    this.finalBehind = finalBehind;
  }

  /** Whether a call asks for this tag's block. */
  static boolean asks(Op op, String tag) {
    return op.method().equals("eth_getBlockByNumber") && op.text(0).equals(tag);
  }

  void check(List<Op> ops) {
    List<Op> finals =
        ops.stream()
            .filter(op -> op.isOk() && asks(op, "finalized") && op.answer().isObject())
            .toList();
    Map<Long, String> hashes = new HashMap<>();
    finals.forEach(op -> one(op, hashes));
    monotonic(finals);
  }

  private void one(Op op, Map<Long, String> hashes) {
    String hash = op.answer().path("hash").asString("");
    long number = Json.number(op.answer().path("number"));
    Optional<Block> block = findings.oracle().block(hash);
    if (block.filter(b -> findings.isCanonicalFor(b, op)).isEmpty()) {
      findings.add(G8_FINALITY, op, "finalized " + number + " " + hash, "a canonical block");
    }
    long highest = findings.highest(op) - finalBehind;
    if (number > highest) {
      findings.add(G8_FINALITY, op, "finalized " + number, "at most " + highest + " was final");
    }
    String known = hashes.putIfAbsent(number, hash);
    if (known != null && !known.equals(hash)) {
      findings.add(G8_FINALITY, op, "finalized " + number + " is " + hash, "still " + known);
    }
  }

  /** A sweep: calls by when they were asked, against those by when they were answered. */
  private void monotonic(List<Op> finals) {
    List<Op> answered =
        finals.stream().sorted(Comparator.comparingLong(Op::completedNanos)).toList();
    int done = 0;
    Optional<Op> highest = Optional.empty();
    for (Op op : finals) {
      while (done < answered.size() && answered.get(done).completedNanos() < op.invokedNanos()) {
        Op other = answered.get(done++);
        highest = highest.filter(h -> number(h) >= number(other)).or(() -> Optional.of(other));
      }
      if (highest.isPresent() && number(op) < number(highest.get())) {
        findings.add(
            G8_FINALITY,
            op,
            "finalized " + number(op),
            "at least %d, given by call #%d".formatted(number(highest.get()), highest.get().id()));
      }
    }
  }

  private static long number(Op op) {
    return Json.number(op.answer().path("number"));
  }
}

package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Holds a history against what was true, as Jepsen does. As a chain is a total order on each fork,
 * no search is needed: each read is mapped to the block that it saw, by hash, by number, parent and
 * timestamp, or by a value of the state, and then a few sweeps suffice; all near-linear.
 */
final class Checker {

  private final Oracle oracle;
  private final Purse purse;
  private final Slack slack;

  Checker(Oracle oracle, Purse purse, Slack slack) {
    this.oracle = oracle;
    this.purse = purse;
    this.slack = slack;
  }

  /** Everything in the history that breaks a guarantee. */
  List<Violation> check(List<Op> history) {
    Findings findings = new Findings(oracle, slack);
    Map<String, List<Op>> sessions =
        history.stream()
            .collect(Collectors.groupingBy(Op::session, LinkedHashMap::new, Collectors.toList()));
    sessions.values().forEach(ops -> session(findings, ops));
    Map<Long, List<Op>> batches =
        history.stream()
            .filter(op -> op.batch() >= 0)
            .collect(Collectors.groupingBy(Op::batch, LinkedHashMap::new, Collectors.toList()));
    batches
        .values()
        .forEach(items ->
            readable(findings, items.getFirst(), () -> new BatchChecks(findings).check(items)));
    List<Op> finals = history.stream().filter(op -> FinalityChecks.asks(op, "finalized")).toList();
    if (!finals.isEmpty()) {
      readable(
          findings,
          finals.getFirst(),
          () -> new FinalityChecks(findings, Conductor.FINAL_BEHIND).check(finals));
    }
    return findings.violations();
  }

  /** The oldest head that a call was given. */
  Duration oldestHead(List<Op> history) {
    Findings findings = new Findings(oracle, slack);
    return history.stream()
        .filter(op -> op.isOk() && !SubscriptionChecks.concerns(op))
        .flatMap(op -> headIn(findings, op).map(head -> findings.age(op, head)).stream())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private void session(Findings findings, List<Op> ops) {
    List<Floor.Given> heads = new ArrayList<>();
    List<Floor.Given> given = new ArrayList<>();
    for (Op op : ops) {
      if (op.isOk()) {
        headIn(findings, op)
            .filter(number -> number <= findings.highest(op))
            .ifPresent(number -> heads.add(new Floor.Given(op, number)));
      }
    }
    given.addAll(heads);
    ops.stream()
        .filter(op -> op.isOk() && FinalityChecks.asks(op, "finalized") && op.answer().isObject())
        .filter(op -> oracle.block(op.answer().path("hash").asString("")).isPresent())
        .forEach(op -> given.add(new Floor.Given(op, Json.number(op.answer().path("number")))));
    Floor headFloor = new Floor(heads, oracle.reorgs(), slack);
    Floor readFloor = new Floor(given, oracle.reorgs(), slack);
    HeadChecks head = new HeadChecks(findings, headFloor);
    ReadChecks reads = new ReadChecks(findings, readFloor);
    LogChecks logs = new LogChecks(findings, reads, readFloor);
    WalletChecks wallet = new WalletChecks(findings, reads, purse);
    SubscriptionChecks subscriptions = new SubscriptionChecks(findings);
    ops.stream()
        .filter(SubscriptionChecks::concerns)
        .sorted(Comparator.comparingLong(Op::completedNanos)) // as it was heard
        .forEach(op -> readable(findings, op, () -> subscriptions.check(op)));
    ops.stream()
        .filter(op -> !SubscriptionChecks.concerns(op))
        .forEach(op -> readable(findings, op, () -> one(op, findings, head, reads, logs, wallet)));
  }

  private static Optional<Long> headIn(Findings findings, Op op) {
    try {
      return HeadChecks.headIn(op, findings);
    } catch (RuntimeException e) {
      return Optional.empty(); // reported by the checks proper
    }
  }

  /** An answer that cannot be read as one to its question is a finding, too. */
  private static void readable(Findings findings, Op op, Runnable check) {
    try {
      check.run();
    } catch (RuntimeException e) {
      findings.add(G2_NO_PHANTOM, op, "an answer of another kind: " + e, "one to the question");
    }
  }

  private void one(
      Op op,
      Findings findings,
      HeadChecks head,
      ReadChecks reads,
      LogChecks logs,
      WalletChecks wallet) {
    if (op.method().equals("eth_sendRawTransaction")) {
      wallet.send(op);
    } else if (op.isOk()) {
      switch (op.method()) {
        case "eth_blockNumber" -> head.number(op, Json.number(op.answer()));
        case "eth_getBlockByNumber" -> blockByNumber(op, head, reads);
        case "eth_getBlockByHash" -> reads.blockByHash(op, op.text(0));
        case "eth_getBlockReceipts" -> reads.receipts(op, op.text(0));
        case "eth_getLogs" -> logs.logs(op);
        case "eth_getTransactionByHash" -> wallet.transaction(op);
        case "eth_getTransactionReceipt" -> wallet.receipt(op);
        case "eth_getBalance" -> reads.state(op, op.text(1), Block::savedWei);
        case "eth_getTransactionCount" -> nonce(op, reads, wallet);
        case "eth_call" -> probe(op, findings, head, reads);
        default -> throw new IllegalArgumentException("method: " + op.method());
      }
    }
  }

  private void blockByNumber(Op op, HeadChecks head, ReadChecks reads) {
    switch (op.text(0)) {
      case "latest" -> head.block(op, oracle.block(op.answer().path("hash").asString("")));
      case "safe", "finalized" -> {} // checked over all sessions, and in batches
      default -> reads.blockByNumber(op, Long.decode(op.text(0)));
    }
  }

  private static void nonce(Op op, ReadChecks reads, WalletChecks wallet) {
    if (op.text(1).equals("pending")) {
      wallet.pendingNonce(op);
    } else {
      reads.state(op, op.text(1), block -> block.nonce(op.text(0)));
    }
  }

  private static void probe(Op op, Findings findings, HeadChecks head, ReadChecks reads) {
    if (op.text(1).equals("latest")) {
      head.block(op, findings.probed(op.answer()));
    } else {
      reads.probeAt(op, Long.decode(op.text(1)));
    }
  }
}

package io.jethproxy.consistency;

import static io.jethproxy.consistency.Guarantee.G12_IDEMPOTENT_SEND;
import static io.jethproxy.consistency.Guarantee.G2_NO_PHANTOM;
import static io.jethproxy.consistency.Guarantee.G3_READ_AFTER_HEAD;
import static io.jethproxy.consistency.Guarantee.G4_READ_YOUR_WRITES;
import static io.jethproxy.consistency.Guarantee.G5_STICKY_RECEIPT;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a session sees of transactions, its own above all: each is an automaton, unsent, accepted,
 * mined in a block, orphaned, mined again. One session's calls in their order.
 */
final class WalletChecks {

  /** The gateway could not get an answer, which is no opinion about the transaction. */
  private static final Set<Integer> UNAVAILABLE =
      Set.of(-32002, -32005, -32013, -32014, -32015, -32603);

  /** A receipt that the session was given. */
  private record Receipt(Op op, Block block) {}

  private final Findings findings;
  private final ReadChecks reads;
  private final Purse purse;
  private final Map<String, Op> sent = new HashMap<>();
  private final Map<String, Long> nonceSent = new HashMap<>();
  private final Map<String, Receipt> receipts = new HashMap<>();

  WalletChecks(Findings findings, ReadChecks reads, Purse purse) {
    this.findings = findings;
    this.reads = reads;
    this.purse = purse;
  }

  /** A send with any outcome. */
  void send(Op op) {
    String hash = Purse.hashOf(op.text(0));
    switch (op.type()) {
      case OK -> {
        if (!op.answer().asString("").equals(hash)) {
          findings.add(G12_IDEMPOTENT_SEND, op, op.answer().toString(), hash);
        }
        sent.putIfAbsent(hash, op);
        Payment payment = purse.known(hash);
        nonceSent.merge(payment.sender(), payment.nonce(), Math::max);
      }
      case FAIL -> {
        if (!UNAVAILABLE.contains(op.errorCode())) {
          findings.add(G12_IDEMPOTENT_SEND, op, op.answer().toString(), "the hash " + hash);
        }
      }
      case INFO -> {} // it may have been sent or not
    }
  }

  void transaction(Op op) {
    String hash = op.text(0);
    if (op.answer().isNull()) {
      if (sent.containsKey(hash)) {
        findings.add(G4_READ_YOUR_WRITES, op, "null", sentBy(hash));
      }
      return;
    }
    if (!op.answer().path("hash").asString("").equals(hash)) {
      findings.add(G3_READ_AFTER_HEAD, op, "another transaction", "transaction " + hash);
      return;
    }
    String blockHash = op.answer().path("blockHash").asString("");
    if (!blockHash.isEmpty()) {
      inBlock(op, hash, blockHash);
      return;
    }
    due(op, hash)
        .ifPresent(block -> findings.add(G3_READ_AFTER_HEAD, op, "pending", "mined in " + block));
  }

  void pendingNonce(Op op) {
    String account = op.text(0);
    Long nonce = nonceSent.get(account);
    if (nonce != null && Json.number(op.answer()) < nonce + 1) {
      findings.add(
          G4_READ_YOUR_WRITES,
          op,
          "pending nonce " + Json.number(op.answer()),
          "at least " + (nonce + 1) + ": nonce " + nonce + " was sent");
    }
  }

  void receipt(Op op) {
    String hash = op.text(0);
    Optional<Receipt> before =
        Optional.ofNullable(receipts.get(hash))
            .filter(r -> r.op().completedNanos() <= op.invokedNanos());
    if (op.answer().isNull()) {
      lost(op, hash, before);
      return;
    }
    if (!op.answer().path("transactionHash").asString("").equals(hash)) {
      findings.add(G3_READ_AFTER_HEAD, op, "another receipt", "the receipt of " + hash);
      return;
    }
    Optional<Block> block = inBlock(op, hash, op.answer().path("blockHash").asString(""));
    if (block.isPresent()) {
      before
          .filter(r -> isOlderBranch(block.get(), r.block()))
          .ifPresent(r ->
              findings.add(G5_STICKY_RECEIPT, op, "again in " + block.get(), "in " + r.block()));
      receipts.put(hash, new Receipt(op, block.get()));
    }
  }

  private void lost(Op op, String hash, Optional<Receipt> before) {
    Optional<Receipt> sticky =
        before.filter(r ->
            findings
                .oracle()
                .stayedCanonical(r.block(), r.op().completedNanos(), op.completedNanos()));
    if (sticky.isPresent()) {
      findings.add(
          G5_STICKY_RECEIPT,
          op,
          "null",
          "the receipt in %s, given by call #%d"
              .formatted(sticky.get().block(), sticky.get().op().id()));
      return;
    }
    due(op, hash)
        .ifPresent(
            block -> findings.add(G3_READ_AFTER_HEAD, op, "null", "the receipt in " + block));
  }

  /** The block that the session knows to be there and that holds the transaction. */
  private Optional<Block> due(Op op, String hash) {
    return findings.oracle().holders(hash).stream()
        .filter(block -> reads.mustBeThere(block, op))
        .findFirst();
  }

  /** The block it is said to be in; empty, and a finding, when it cannot have been. */
  private Optional<Block> inBlock(Op op, String hash, String blockHash) {
    List<Block> holders = findings.oracle().holders(hash);
    Optional<Block> block =
        holders.stream()
            .filter(b -> b.hash().equals(blockHash))
            .filter(b -> findings.isCanonicalFor(b, op))
            .findFirst();
    if (block.isEmpty()) {
      findings.add(G2_NO_PHANTOM, op, "in block " + blockHash, "in one canonical of " + holders);
    }
    return block;
  }

  /** Whether a session that has seen the one branch is shown the one that was left for it. */
  private boolean isOlderBranch(Block now, Block before) {
    return !now.equals(before)
        && findings.oracle().canonicalFrom(now) < findings.oracle().canonicalFrom(before);
  }

  private String sentBy(String hash) {
    return "the transaction: sent by call #" + sent.get(hash).id();
  }
}

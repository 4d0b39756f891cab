package io.jethproxy.consistency;

import io.jethproxy.consistency.Block.LogLine;
import io.jethproxy.testing.Anvil;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A real node whose chain the conductor changes, block by block, so that equal blocks have equal
 * hashes on all nodes. Everything that changes it happens while its door is shut.
 *
 * <p>Anvil mines all that it holds and loses what it rolls back; so its pool is emptied before each
 * block and filled again after it, with what was orphaned, too.
 */
final class ConductedNode implements AutoCloseable {

  /** Moves of more blocks than this let readers in between, as a node that catches up does. */
  private static final int BLOCKS_AT_ONCE = 8;

  private final int index;
  private final Anvil anvil;
  private final NodeDoor door;
  private final Oracle oracle;
  private final Purse purse;
  private final Map<String, Payment> pool = new LinkedHashMap<>(); // guarded by itself
  private volatile Block head;
  private volatile boolean isUp = true;

  ConductedNode(int index, Anvil anvil, NodeDoor door, Oracle oracle, Purse purse, Block genesis) {
    this.index = index;
    this.anvil = anvil;
    this.door = door;
    this.oracle = oracle;
    this.purse = purse;
    this.head = genesis;
  }

  int index() {
    return index;
  }

  Anvil anvil() {
    return anvil;
  }

  NodeDoor door() {
    return door;
  }

  Block head() {
    return head;
  }

  /** Neither stopped nor killed. */
  boolean isUp() {
    return isUp;
  }

  /** The payments that its pool holds, as far as is known, in the order of their nonces. */
  List<Payment> pool() {
    synchronized (pool) {
      return pool.values().stream().sorted(Comparator.comparingLong(Payment::nonce)).toList();
    }
  }

  boolean holds(Payment payment) {
    synchronized (pool) {
      return pool.containsKey(payment.hash());
    }
  }

  /** It has accepted this payment. */
  void accepted(Payment payment) {
    synchronized (pool) {
      pool.put(payment.hash(), payment);
    }
  }

  /** Sends it a payment as its peers would; one that it refuses is not held. */
  void offer(Payment payment) {
    door.passing().lock();
    try {
      JsonNode answer = anvil.ask("eth_sendRawTransaction", "[\"" + payment.raw() + "\"]");
      if (answer.has("result")) {
        accepted(payment);
      }
    } finally {
      door.passing().unlock();
    }
  }

  /** Takes its chain to this block, which is known, over as many of its ancestors as needed. */
  void moveTo(Block target, boolean isSteady) {
    while (!head.equals(target)) {
      long shared = head.commonAncestor(target).number();
      Block step = target.ancestor(Math.min(target.number(), shared + BLOCKS_AT_ONCE));
      changing(
          () -> {
            rollBackTo(step);
            for (long number = head.number() + 1; number <= step.number(); number++) {
              replay(step.ancestor(number));
            }
          },
          () -> oracle.node(index, System.nanoTime(), new Oracle.NodeState(head, isSteady)));
    }
  }

  /**
   * Makes new blocks on top of {@code parent}, the first with these payments, and shows them all at
   * once; {@code published} hears of the last just before.
   */
  Block make(
      Block parent,
      List<Payment> payments,
      List<Long> timestamps,
      boolean isSteady,
      Consumer<Block> published) {
    changing(
        () -> {
          rollBackTo(parent);
          List<Payment> inside = payments;
          for (long timestamp : timestamps) {
            mine(inside, timestamp);
            head = read(head);
            oracle.add(head);
            inside = List.of();
          }
        },
        () -> {
          published.accept(head);
          oracle.node(index, System.nanoTime(), new Oracle.NodeState(head, isSteady));
        });
    return head;
  }

  /** Tells the oracle that nothing has changed but whether it is steady. */
  void steady(boolean isSteady) {
    oracle.node(index, System.nanoTime(), new Oracle.NodeState(head, isSteady && isUp));
  }

  void stop() {
    isUp = false;
    steady(false);
    anvil.stop();
  }

  void goOn() {
    anvil.cont();
    isUp = true;
  }

  void kill() {
    isUp = false;
    steady(false);
    anvil.kill();
    synchronized (pool) {
      pool.clear();
    }
  }

  /** A new process at genesis, on the same port. */
  void restart() {
    anvil.restart();
    head = head.ancestor(0);
    isUp = true;
    steady(false);
  }

  @Override
  public void close() {
    door.close();
    anvil.close();
  }

  private void changing(Runnable change, Runnable shown) {
    door.changing().lock();
    try {
      change.run();
      refill();
      shown.run();
    } finally {
      door.changing().unlock();
    }
  }

  private void rollBackTo(Block wanted) {
    Block shared = head.commonAncestor(wanted);
    if (!head.equals(shared)) {
      for (Block at = head; !at.equals(shared); at = at.parent().orElseThrow()) {
        at.transactions().forEach(this::accepted);
      }
      anvil.rpc("anvil_rollback", "[" + (head.number() - shared.number()) + "]");
    }
    head = shared;
  }

  private void replay(Block block) {
    mine(block.transactions(), block.timestamp());
    String hash = anvil.hash(block.number()).orElse("nothing");
    if (!hash.equals(block.hash())) {
      throw new AssertionError(
          "node %d has %s at %d (expected: %s)"
              .formatted(index, hash, block.number(), block.hash()));
    }
    head = block;
  }

  private void mine(List<Payment> payments, long timestamp) {
    anvil.rpc("anvil_dropAllTransactions", "[]");
    for (Payment payment : payments) {
      anvil.rpc("eth_sendRawTransaction", "[\"" + payment.raw() + "\"]");
    }
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", "[" + Json.hex(head.nextBaseFeeWei()) + "]");
    anvil.mine(timestamp);
  }

  private void refill() {
    anvil.rpc("anvil_dropAllTransactions", "[]");
    for (Payment payment : pool()) {
      if (payment.nonce() < head.nonce(payment.sender())) {
        synchronized (pool) {
          pool.remove(payment.hash());
        }
      } else {
        anvil.rpc("eth_sendRawTransaction", "[\"" + payment.raw() + "\"]");
      }
    }
  }

  /** The block that was just mined on this parent. */
  private Block read(Block parent) {
    JsonNode block = anvil.block(parent.number() + 1);
    String hash = block.path("hash").asString();
    Map<String, Long> nonces = new HashMap<>(parent.nonces());
    List<Payment> payments = new ArrayList<>();
    List<LogLine> logs = new ArrayList<>();
    long saved = parent.savedWei();
    if (!block.path("transactions").isEmpty()) {
      String params = "[" + Json.hex(parent.number() + 1) + "]";
      for (JsonNode receipt : anvil.rpc("eth_getBlockReceipts", params)) {
        Payment payment = purse.known(receipt.path("transactionHash").asString());
        payments.add(payment);
        nonces.put(payment.sender(), payment.nonce() + 1);
        saved += payment.valueWei();
        receipt.path("logs").forEach(log -> logs.add(LogLine.of(log)));
      }
    }
    return new Block(
        hash,
        Optional.of(parent),
        parent.number() + 1,
        Json.number(block.path("timestamp")),
        Json.number(block.path("baseFeePerGas")),
        Json.number(block.path("gasUsed")),
        Json.number(block.path("gasLimit")),
        List.copyOf(payments),
        List.copyOf(logs),
        saved,
        Map.copyOf(nonces));
  }
}

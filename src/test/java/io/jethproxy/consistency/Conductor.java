package io.jethproxy.consistency;

import io.jethproxy.testing.Anvil;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * Plays consensus for real nodes: makes each block once, takes it to the others a little later, and
 * keeps the {@link Oracle} of all that it did. Faults are methods to call between blocks. Driven by
 * one thread; everything random comes from the seed.
 *
 * <p>Safe is the head - 4, finalized the head - 8, so a reorganisation of up to 5 never reaches
 * what is final.
 */
final class Conductor implements AutoCloseable {

  static final long CHAIN = 31337;
  static final int REORG_DEPTH_MAX = 5;
  static final int FINAL_BEHIND = 8;

  private static final long GENESIS_SECONDS = 1_700_000_000;
  private static final long BLOCK_SECONDS = 12;
  private static final int BLOCK_PAYMENTS_MAX = 40;

  private final Random random;
  private final long staggerNanosMax;
  private final Oracle oracle;
  private final Purse purse;
  private final List<ConductedNode> nodes = new ArrayList<>();
  private final Set<Integer> lagging = new HashSet<>();
  private final Set<Integer> faulty = new HashSet<>();
  private Block tip;
  private int branches;
  private volatile boolean isolating;

  /** Starts the nodes and makes the first blocks; skips the test where anvil is not installed. */
  Conductor(int nodeCount, int accountCount, int nonceCount, long seed, long staggerMillisMax) {
    random = new Random(seed);
    staggerNanosMax = staggerMillisMax * 1_000_000;
    oracle = new Oracle(nodeCount, System.nanoTime());
    Anvil.Options options =
        new Anvil.Options(CHAIN, 0, List.of("--no-mining", "--order", "fifo"))
            .with("--timestamp", Long.toString(GENESIS_SECONDS))
            .with("--slots-in-an-epoch", Integer.toString(FINAL_BEHIND / 2))
            .with("--accounts", Integer.toString(accountCount + 1));
    Anvil first = Anvil.start(options);
    Block genesis = genesis(first);
    purse = Purse.signedBy(first, CHAIN, nonceCount);
    oracle.add(genesis);
    add(first, genesis);
    for (int i = 1; i < nodeCount; i++) {
      add(Anvil.start(options), genesis);
    }
    tip = genesis;
    oracle.extend(tip, System.nanoTime());
    grow(List.of(purse.deployment()));
    for (int i = 0; i < FINAL_BEHIND + REORG_DEPTH_MAX; i++) {
      grow(List.of());
    }
  }

  private void add(Anvil anvil, Block genesis) {
    int index = nodes.size();
    NodeDoor door = new NodeDoor(anvil::port, (asked, answered) -> sent(index, asked, answered));
    nodes.add(new ConductedNode(index, anvil, door, oracle, purse, genesis));
  }

  private static Block genesis(Anvil anvil) {
    JsonNode block = anvil.block(0);
    return new Block(
        block.path("hash").asString(),
        Optional.empty(),
        0,
        Json.number(block.path("timestamp")),
        Json.number(block.path("baseFeePerGas")),
        0,
        Json.number(block.path("gasLimit")),
        List.of(),
        List.of(),
        0,
        Map.of());
  }

  Oracle oracle() {
    return oracle;
  }

  Purse purse() {
    return purse;
  }

  List<String> urls() {
    return nodes.stream().map(node -> node.door().url()).toList();
  }

  /** The nodes' own WebSockets, which no door holds or closes. */
  List<URI> sockets() {
    return nodes.stream().map(node -> node.anvil().wsUri()).toList();
  }

  List<Integer> ports() {
    return nodes.stream().map(node -> node.door().port()).toList();
  }

  Block tip() {
    return tip;
  }

  int nodeCount() {
    return nodes.size();
  }

  // The chain.

  /** Makes the next block of what the pools hold and takes it to all that follow. */
  void grow() {
    grow(payments());
  }

  private void grow(List<Payment> payments) {
    List<ConductedNode> order = followers();
    long timestamp = timestamp(tip.number() + 1);
    tip =
        order
            .getFirst()
            .make(
                tip,
                payments,
                List.of(timestamp),
                isSteady(order.getFirst()),
                made -> oracle.extend(made, System.nanoTime()));
    spread(order.subList(1, order.size()));
  }

  /**
   * Replaces the newest blocks by others, first on one node, then on the rest, up to {@code
   * staggerNanos} later each.
   */
  void reorg(int depth, int length, long staggerNanos) {
    Block old = tip;
    branches++;
    List<ConductedNode> order = followers();
    Block ancestor = old.ancestor(old.number() - depth);
    long start = System.nanoTime();
    List<Long> timestamps =
        LongStream.rangeClosed(1, length)
            .map(i -> timestamp(ancestor.number() + i))
            .boxed()
            .toList();
    tip =
        order
            .getFirst()
            .make(
                ancestor,
                List.of(),
                timestamps,
                isSteady(order.getFirst()),
                made -> oracle.extend(made, System.nanoTime()));
    for (ConductedNode node : order.subList(1, order.size())) {
      pause(staggerNanos);
      node.moveTo(tip, isSteady(node));
    }
    oracle.reorganised(old, tip, start, System.nanoTime());
    oracle.tell("reorganised %d blocks below %s to %s".formatted(depth, old, tip));
  }

  // The faults; nodes are numbered from 0.

  void lag(int i) {
    lagging.add(i);
    nodes.get(i).steady(false);
    oracle.tell("node " + i + " gets no more blocks");
  }

  /** The node follows again, whatever it missed. */
  void catchUp(int i) {
    lagging.remove(i);
    nodes.get(i).moveTo(tip, isSteady(nodes.get(i)));
    nodes.get(i).steady(isSteady(nodes.get(i)));
    oracle.tell("node " + i + " follows again, at " + tip);
  }

  void kill(int i) {
    oracle.tell("node " + i + " is killed");
    lagging.add(i);
    nodes.get(i).kill();
  }

  void restart(int i) {
    oracle.tell("node " + i + " starts at genesis");
    nodes.get(i).restart();
    catchUp(i);
  }

  void stop(int i) {
    oracle.tell("node " + i + " is stopped");
    lagging.add(i);
    nodes.get(i).stop();
  }

  void goOn(int i) {
    nodes.get(i).goOn();
    catchUp(i);
  }

  /** The node loses its newest blocks and makes {@code length} of its own, alone. */
  void fork(int i, int depth, int length) {
    lag(i);
    ConductedNode node = nodes.get(i);
    Block ancestor = node.head().ancestor(node.head().number() - depth);
    List<Long> timestamps =
        LongStream.rangeClosed(1, length)
            .map(n -> GENESIS_SECONDS + (ancestor.number() + n) * BLOCK_SECONDS + 9)
            .boxed()
            .toList();
    Block made = node.make(ancestor, List.of(), timestamps, false, forked -> {});
    oracle.tell("node %d forked off %s and is at %s".formatted(i, ancestor, made));
  }

  /** What passes the node's door from now on. */
  void fault(int i, NodeDoor.Fault fault) {
    if (fault == NodeDoor.Fault.NONE) {
      faulty.remove(i);
    } else {
      faulty.add(i);
    }
    nodes.get(i).door().fault(fault);
    nodes.get(i).steady(isSteady(nodes.get(i)));
    oracle.tell("node " + i + ": " + fault);
  }

  /** Nodes keep transactions to themselves; only what two or more hold gets into a block. */
  void isolate() {
    isolating = true;
    oracle.tell("nodes keep transactions to themselves");
  }

  void gossip() {
    isolating = false;
    for (ConductedNode from : nodes) {
      from.pool().forEach(payment -> tellPeers(from, payment));
    }
    oracle.tell("nodes pass transactions on again");
  }

  @Override
  public void close() {
    nodes.forEach(ConductedNode::close);
  }

  private void spread(List<ConductedNode> rest) {
    for (ConductedNode node : rest) {
      pause(staggerNanosMax);
      node.moveTo(tip, isSteady(node));
    }
  }

  private boolean isSteady(ConductedNode node) {
    return node.isUp() && !lagging.contains(node.index()) && !faulty.contains(node.index());
  }

  /** In an order of chance. */
  private List<ConductedNode> followers() {
    List<ConductedNode> order =
        new ArrayList<>(nodes.stream().filter(node -> !lagging.contains(node.index())).toList());
    Collections.shuffle(order, random);
    return order;
  }

  private long timestamp(long number) {
    return GENESIS_SECONDS + number * BLOCK_SECONDS + branches % 6;
  }

  /** Without gaps in their nonces, and each held by as many followers as it must. */
  private List<Payment> payments() {
    int holders = isolating ? 2 : 1;
    List<ConductedNode> following = followers();
    List<Payment> held =
        following.stream()
            .flatMap(node -> node.pool().stream())
            .distinct()
            .filter(payment -> following.stream().filter(n -> n.holds(payment)).count() >= holders)
            .sorted(Comparator.comparingLong(Payment::nonce).thenComparing(Payment::hash))
            .toList();
    Map<String, Long> next = new HashMap<>(tip.nonces());
    List<Payment> chosen = new ArrayList<>();
    for (Payment payment : held) {
      boolean fits = payment.nonce() == next.getOrDefault(payment.sender(), 0L);
      if (fits && chosen.size() < BLOCK_PAYMENTS_MAX) {
        chosen.add(payment);
        next.put(payment.sender(), payment.nonce() + 1);
      }
    }
    return chosen;
  }

  /** A node has answered to a transaction that came through its door. */
  private void sent(int index, String asked, String answered) {
    JsonNode request = Json.read(asked);
    if (!request.isObject()) {
      return; // a batch: the sessions send one by one
    }
    String hash = Purse.hashOf(request.path("params").path(0).asString());
    if (Json.read(answered).has("result") && purse.knows(hash)) {
      Payment payment = purse.known(hash);
      nodes.get(index).accepted(payment);
      if (!isolating) {
        tellPeers(nodes.get(index), payment);
      }
    }
  }

  private void tellPeers(ConductedNode from, Payment payment) {
    for (ConductedNode peer : nodes) {
      if (!peer.equals(from) && peer.isUp() && !peer.holds(payment)) {
        Thread.ofVirtual().name("gossip").start(() -> tell(peer, payment));
      }
    }
  }

  private static void tell(ConductedNode peer, Payment payment) {
    try {
      peer.offer(payment);
    } catch (RuntimeException e) {
      return; // the peer is being killed, and its pool with it
    }
  }

  private void pause(long nanosMax) {
    if (nanosMax > 0) {
      long until = System.nanoTime() + random.nextLong(nanosMax);
      while (System.nanoTime() - until < 0) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
    }
  }
}

package io.jethproxy.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Something bad that happens to the providers, and how it is made good.
 *
 * @param blocks for how long, in blocks
 */
record Nemesis(String name, int blocks, Consumer<Conductor> begin, Consumer<Conductor> end) {

  private static final int BLOCKS = 5;

  static Nemesis none() {
    return new Nemesis("none", BLOCKS, c -> {}, c -> {});
  }

  static Nemesis lag(int i, int blocks) {
    return new Nemesis("lag " + i, blocks, c -> c.lag(i), c -> c.catchUp(i));
  }

  static Nemesis kill(int i) {
    return new Nemesis("kill -9 " + i, BLOCKS, c -> c.kill(i), c -> c.restart(i));
  }

  static Nemesis stop(int i) {
    return new Nemesis("SIGSTOP " + i, BLOCKS, c -> c.stop(i), c -> c.goOn(i));
  }

  /** One loses two blocks and is soon ahead of the others, alone. */
  static Nemesis fork(int i) {
    return new Nemesis("fork " + i, BLOCKS, c -> c.fork(i, 2, 5), c -> c.catchUp(i));
  }

  /** One is stopped, and one of the two that are left is on a branch of its own. */
  static Nemesis forkOneToOne(int stopped, int forked) {
    return new Nemesis(
        "SIGSTOP %d and fork %d".formatted(stopped, forked),
        BLOCKS,
        c -> {
          c.stop(stopped);
          c.fork(forked, 2, 5);
        },
        c -> {
          c.catchUp(forked);
          c.goOn(stopped);
        });
  }

  static Nemesis reorg(int depth, int length, long staggerMillis) {
    return new Nemesis(
        "reorg %d by %d".formatted(depth, length),
        BLOCKS,
        c -> c.reorg(depth, length, staggerMillis * 1_000_000),
        c -> {});
  }

  /** The chain changes its branch while one node is away, which is back in the end. */
  static Nemesis reorgWhileKilled(int i, int depth, int length) {
    return new Nemesis(
        "reorg %d by %d without %d".formatted(depth, length, i),
        BLOCKS,
        c -> {
          c.kill(i);
          c.reorg(depth, length, 0);
        },
        c -> c.restart(i));
  }

  static Nemesis isolation() {
    return new Nemesis("mempool isolation", BLOCKS, Conductor::isolate, Conductor::gossip);
  }

  static Nemesis fault(int i, NodeDoor.Fault fault) {
    return new Nemesis(
        fault + " " + i, BLOCKS, c -> c.fault(i, fault), c -> c.fault(i, NodeDoor.Fault.NONE));
  }

  // Of the gateway itself.

  static Nemesis restart(Program gateway, Program.Ending ending) {
    return new Nemesis(
        "restart after " + ending, BLOCKS, c -> gateway.restart(ending), c -> gateway.awaitReady());
  }

  /** The gateway is killed with one of its providers, and starts without it. */
  static Nemesis restartWithout(Program gateway, int i) {
    return new Nemesis(
        "restart after KILL without " + i,
        BLOCKS,
        c -> {
          c.kill(i);
          gateway.restart(Program.Ending.KILL);
        },
        c -> {
          gateway.awaitReady();
          c.restart(i);
        });
  }

  /** The gateway's wall clock jumps, with a provider killed at the same moment, and jumps back. */
  static Nemesis clockJump(WallClock clock, Duration ahead, int i) {
    return new Nemesis(
        "wall clock jumps by " + ahead + " and kill -9 " + i,
        BLOCKS,
        c -> {
          clock.set(ahead);
          c.kill(i);
        },
        c -> {
          clock.set(Duration.ZERO);
          c.restart(i);
        });
  }

  /** One of each kind in an order of chance, on nodes of chance. */
  static List<Nemesis> all(Random random, int nodeCount) {
    int stopped = random.nextInt(nodeCount);
    List<Nemesis> all =
        new ArrayList<>(
            List.of(
                none(),
                lag(random.nextInt(nodeCount), 1 + random.nextInt(10)),
                kill(random.nextInt(nodeCount)),
                stop(random.nextInt(nodeCount)),
                fork(random.nextInt(nodeCount)),
                forkOneToOne(stopped, (stopped + 1 + random.nextInt(nodeCount - 1)) % nodeCount),
                reorg(1, 1 + random.nextInt(2), 700),
                reorg(2, 2 + random.nextInt(2), 700),
                reorg(
                    Conductor.REORG_DEPTH_MAX, Conductor.REORG_DEPTH_MAX - random.nextInt(2), 700),
                isolation(),
                fault(random.nextInt(nodeCount), NodeDoor.Fault.RATE_LIMIT),
                fault(random.nextInt(nodeCount), NodeDoor.Fault.ERRORS_AT_200),
                fault(random.nextInt(nodeCount), NodeDoor.Fault.EMPTY_ANSWERS)));
    Collections.shuffle(all, random);
    return List.copyOf(all);
  }
}

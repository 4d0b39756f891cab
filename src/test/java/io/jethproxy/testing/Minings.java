package io.jethproxy.testing;

import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * When nodes were made to mine which block, because anvil (1.7.1) has a race there: asked for the
 * state of its newest block, by number or by hash, it decides at once that this is the state it has
 * at hand, and then waits for the lock that a miner may hold. When the miner was first, the answer
 * is the state of the next block. docs/decisions/0015 has how to see that without a gateway.
 *
 * <p>Times are of {@link System#nanoTime}. For any number of threads.
 */
public final class Minings {

  private record Mining(long number, long fromNanos, long untilNanos) {}

  private final Queue<Mining> minings = new ConcurrentLinkedQueue<>();

  /** A node mined this block in this time, and had its parent as its newest before. */
  public void add(long number, long fromNanos, long untilNanos) {
    minings.add(new Mining(number, fromNanos, untilNanos));
  }

  /** When a node first began to mine this block; empty when none has. */
  public OptionalLong firstBegan(long number) {
    return minings.stream()
        .filter(mining -> mining.number() == number)
        .mapToLong(Mining::fromNanos)
        .min();
  }

  /**
   * Whether the race may have given the state of the next block for that of this one: a question
   * that was under way in this time met a node that had it as its newest and mined the next.
   */
  public boolean mayHaveRaced(long number, long askedNanos, long answeredNanos) {
    return minings.stream()
        .anyMatch(mining ->
            mining.number() == number + 1
                && mining.fromNanos() - answeredNanos <= 0
                && mining.untilNanos() - askedNanos >= 0);
  }
}

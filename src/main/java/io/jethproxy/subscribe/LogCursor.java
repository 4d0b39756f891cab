package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the logs of the blocks on a way: those of orphaned blocks from the last to the first,
 * marked as removed, then those of new blocks in order. What was told at a block and what is taken
 * back there is the same, since both are what the block has of the wanted logs.
 *
 * <p>It may stop before the end of the way, after a whole block, so that no answer and no turn on
 * the event loop gets too long; who asks again goes on from there.
 */
final class LogCursor {

  /** After a block that takes the answer beyond it, the rest is for the next time. */
  private static final int BYTES_MAX = 8 << 20;

  /** Bounds the time on the event loop: a tenth of a microsecond or so each. */
  private static final int LOOKED_AT_MAX = 50_000;

  /**
   * What was taken.
   *
   * @param logs a JSON array
   * @param end the place after the last block that was looked at
   */
  record Taken(RawJson logs, Position end) {}

  private final LogCriteria criteria;
  private final BlockLogs source;
  private final Errand errand;
  private final JsonList list = new JsonList();
  private Position at;
  private int lookedAt;

  /**
   * @param from where the client is
   */
  LogCursor(Position from, LogCriteria criteria, BlockLogs source, Errand errand) {
    this.at = from;
    this.criteria = criteria;
    this.source = source;
    this.errand = errand;
  }

  /** Goes the way, all of it or as far as one answer reaches. */
  CompletableFuture<Got<Taken>> take(List<Step> steps) {
    if (steps.isEmpty() || isFull()) {
      return CompletableFuture.completedFuture(new Got.Value<>(new Taken(list.end(), at)));
    }
    List<Step> some = steps.subList(0, Math.min(steps.size(), Errand.AT_ONCE_MAX));
    Position from = at;
    return errand
        .each(some, step -> logs(step, from))
        .thenCompose(got ->
            switch (got) {
              case Got.Value<List<List<RawJson>>>(var logs) -> {
                int taken = add(some, logs);
                yield take(steps.subList(taken, steps.size()));
              }
              case Got.Failed<List<List<RawJson>>>(var because) ->
                  CompletableFuture.completedFuture(new Got.Failed<>(because));
              case Got.Lost<List<List<RawJson>>>(var why) ->
                  CompletableFuture.completedFuture(new Got.Lost<>(why));
            });
  }

  private CompletableFuture<Got<List<RawJson>>> logs(Step step, Position from) {
    if (!from.isHeard(step) || !mayHaveAny(step.block())) {
      return CompletableFuture.completedFuture(new Got.Value<>(List.of()));
    }
    return source
        .of(step.block(), errand)
        .thenApply(got ->
            // A new block is not lost: somebody will have its logs, or another takes its place.
            got instanceof Got.Lost<List<RawJson>> && !step.isRemoval()
                ? new Got.Failed<>(Errand.missing())
                : got);
  }

  private boolean mayHaveAny(Block block) {
    return criteria.covers(block)
        && (!source.isExcluding(block, errand.chainId())
            || criteria.filter().mayMatch(block.bloom()));
  }

  /** How many steps were taken. */
  private int add(List<Step> steps, List<List<RawJson>> logs) {
    for (int i = 0; i < steps.size(); i++) {
      if (isFull()) {
        return i;
      }
      Step step = steps.get(i);
      lookedAt += logs.get(i).size();
      if (step.isRemoval()) {
        logs.get(i).reversed().stream()
            .filter(criteria.filter()::matches)
            .forEach(list::addRemoved);
      } else {
        logs.get(i).stream().filter(criteria.filter()::matches).forEach(list::add);
      }
      at = at.then(step);
    }
    return steps.size();
  }

  private boolean isFull() {
    return lookedAt >= LOOKED_AT_MAX || list.length() >= BYTES_MAX;
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
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

  /** After a block that takes the answer of a poll beyond it, the rest is for the next time. */
  static final int POLL_BYTES_MAX = 8 << 20;

  /** Bounds the time on the event loop: a tenth of a microsecond or so each. */
  private static final int LOOKED_AT_MAX = 50_000;

  /**
   * What was taken.
   *
   * @param logs each a JSON object
   * @param end the place after the last block that was looked at
   */
  record Taken(List<RawJson> logs, Position end) {

    Taken {
      logs = List.copyOf(logs);
    }
  }

  private final LogCriteria criteria;
  private final BlockLogs source;
  private final Errand errand;
  private final int bytesMax;
  private final List<RawJson> told = new ArrayList<>();
  private Position at;
  private int lookedAt;
  private int bytes;

  /**
   * @param from where the client is
   * @param bytesMax after a block that takes what is taken beyond it, the rest is for the next time
   */
  LogCursor(Position from, LogCriteria criteria, BlockLogs source, Errand errand, int bytesMax) {
    this.bytesMax = bytesMax;
    this.at = from;
    this.criteria = criteria;
    this.source = source;
    this.errand = errand;
  }

  /** Goes the way, all of it or as far as one answer reaches. */
  CompletableFuture<Got<Taken>> take(List<Step> steps) {
    if (steps.isEmpty() || isFull()) {
      return CompletableFuture.completedFuture(new Got.Value<>(new Taken(told, at)));
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
      List<RawJson> wanted = logs.get(i).stream().filter(log -> isWanted(step, log)).toList();
      if (step.isRemoval()) {
        wanted.reversed().forEach(log -> tell(Removed.of(log)));
      } else {
        wanted.forEach(this::tell);
      }
      at = at.then(step);
    }
    return steps.size();
  }

  private boolean isWanted(Step step, RawJson log) {
    return at.concerns(step, log) && criteria.filter().matches(log);
  }

  private void tell(RawJson log) {
    told.add(log);
    bytes += log.length();
  }

  private boolean isFull() {
    return lookedAt >= LOOKED_AT_MAX || bytes >= bytesMax;
  }
}

package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * Finds the way from a place in the chain to its head: down the blocks that were orphaned since, to
 * the first that is still part of the chain, and up from there. Each block is the parent of the
 * next, or the other way round; where that cannot be shown there is no way.
 *
 * <p>Blocks between the place and the oldest that are kept are fetched by number, and are the right
 * ones because they link to both.
 */
final class HeadCursor {

  /** So many blocks below those that are kept are fetched; who is further back is lost. */
  static final int BELOW_MAX = 512;

  private static final String TOO_FAR = "more blocks went by than can be followed back";

  private final View view;
  private final Orphans orphans;

  HeadCursor(View view, Orphans orphans) {
    this.view = view;
    this.orphans = orphans;
  }

  /** Whether the place is part of this chain, or was before. */
  boolean knows(Position at) {
    return view.block(at.hash()).isPresent() || orphans.block(at.hash()).isPresent();
  }

  /** The steps back to the chain, as far as they are known. */
  List<Step> back(Position from) {
    List<Step> steps = new ArrayList<>();
    Position at = from;
    while (view.block(at.hash()).isEmpty()) {
      Optional<Block> orphan = orphans.block(at.hash());
      if (orphan.isEmpty()) {
        return steps;
      }
      Step down = new Step(orphan.get(), Step.Direction.REMOVED);
      steps.add(down);
      at = at.then(down);
    }
    return steps;
  }

  /** Whether the blocks from a place that is not kept any more up to those kept can be fetched. */
  boolean isWithinReach(Position at) {
    long between = view.bottomNumber() - at.number() - 1;
    return view.block(at.hash()).isPresent() || (between >= 0 && between <= BELOW_MAX);
  }

  /** All steps, in order; none at the head. */
  CompletableFuture<Got<List<Step>>> way(Position from, Errand errand) {
    List<Step> steps = new ArrayList<>();
    if (from.isAmidBlock()) {
      // The rest of a block that is still part of the chain.
      view.block(from.hash()).ifPresent(block -> steps.add(new Step(block, Step.Direction.ADDED)));
    }
    List<Step> back = back(from);
    steps.addAll(back);
    Position at = from.then(back);
    if (view.block(at.hash()).isEmpty()) {
      return fromBelow(at, steps, errand);
    }
    addUp(at.number() + 1, steps);
    return CompletableFuture.completedFuture(new Got.Value<>(steps));
  }

  private void addUp(long first, List<Step> steps) {
    int from = (int) (first - view.bottomNumber());
    for (Block block : view.blocks().subList(from, view.blocks().size())) {
      steps.add(new Step(block, Step.Direction.ADDED));
    }
  }

  private CompletableFuture<Got<List<Step>>> fromBelow(
      Position at, List<Step> steps, Errand errand) {
    if (!isWithinReach(at)) {
      return CompletableFuture.completedFuture(new Got.Lost<>(TOO_FAR));
    }
    List<Long> numbers = LongStream.range(at.number() + 1, view.bottomNumber()).boxed().toList();
    return errand
        .each(numbers, number -> block(number, errand))
        .thenApply(got ->
            switch (got) {
              case Got.Value<List<Block>>(var blocks) -> joined(at, blocks, steps);
              case Got.Failed<List<Block>>(var because) -> new Got.Failed<>(because);
              case Got.Lost<List<Block>>(var why) -> new Got.Lost<>(why);
            });
  }

  private Got<List<Step>> joined(Position at, List<Block> blocks, List<Step> steps) {
    Hash last = at.hash();
    for (Block block : blocks) {
      if (!block.parent().equals(last)) {
        return new Got.Lost<>(TOO_FAR);
      }
      last = block.hash();
      steps.add(new Step(block, Step.Direction.ADDED));
    }
    if (!view.blocks().getFirst().parent().equals(last)) {
      return new Got.Lost<>(TOO_FAR);
    }
    addUp(view.bottomNumber(), steps);
    return new Got.Value<>(steps);
  }

  private static CompletableFuture<Got<Block>> block(long number, Errand errand) {
    RawJson params = RawJson.of("[\"" + Hex.quantity(number) + "\",false]");
    return errand
        .ask("eth_getBlockByNumber", params)
        .thenApply(outcome ->
            (outcome instanceof Outcome.Answer answer
                    ? Block.read(answer.result()).filter(block -> block.number() == number)
                    : Optional.<Block>empty())
                .<Got<Block>>map(Got.Value::new)
                .orElseGet(() -> new Got.Failed<>(Errand.failure(outcome))));
  }
}

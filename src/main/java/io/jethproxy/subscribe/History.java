package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Logs of blocks that are older than those kept, asked for by their numbers, some blocks at a time,
 * up to the oldest that is kept. Immutable: each page names the rest.
 *
 * @param next the first block to ask for
 * @param skipThrough the logs of that block up to this index were told before; negative for none
 * @param blocks how many to ask for at once
 * @param untoldNumber see {@link Position}
 */
record History(LogCriteria criteria, long next, long skipThrough, long blocks, long untoldNumber) {

  private static final long BLOCKS_FIRST = 100;
  private static final long BLOCKS_MAX = 10_000;
  private static final int FEW_BYTES = 64 << 10;
  private static final int MANY_BYTES = 1 << 20;

  /**
   * Logs of some blocks.
   *
   * @param end the place after them
   * @param rest what is left; empty when the rest is kept
   */
  record Page(List<RawJson> logs, Position end, Optional<History> rest) {

    Page {
      logs = List.copyOf(logs);
    }
  }

  /** From a block on, whose first logs may have been told before. */
  static History from(LogCriteria criteria, long next, long skipThrough, long untoldNumber) {
    return new History(criteria, next, skipThrough, BLOCKS_FIRST, untoldNumber);
  }

  /** The logs of the next blocks. */
  CompletableFuture<Got<Page>> next(View view, Errand errand) {
    if (view.tip().isEmpty()) {
      return CompletableFuture.completedFuture(new Got.Failed<>(Errand.missing()));
    }
    Block oldest = view.blocks().getFirst();
    long last = Math.min(next + blocks, oldest.number()) - 1;
    if (last < next) {
      // The ring grew downwards: what is left is in it.
      return CompletableFuture.completedFuture(
          view.block(next)
              .map(block -> (Got<Page>) new Got.Value<>(end(List.of(), before(block))))
              .orElseGet(() -> new Got.Lost<>("lost the chain")));
    }
    return errand
        .ask("eth_getLogs", params(last))
        .thenApply(outcome -> read(outcome, last, oldest));
  }

  private Got<Page> read(Outcome outcome, long last, Block oldest) {
    if (!(outcome instanceof Outcome.Answer answer) || answer.result().first() != '[') {
      return isTooMuch(outcome) && last > next
          ? new Got.Value<>(
              new Page(
                  List.of(), place(next - 1), Optional.of(withBlocks(Math.max(1, blocks / 4)))))
          : none(outcome);
    }
    List<RawJson> logs =
        Slices.elements(answer.result()).stream().filter(log -> !isTold(log)).toList();
    if (last + 1 == oldest.number()) {
      return new Got.Value<>(end(logs, before(oldest)));
    }
    History rest = new History(criteria, last + 1, -1, sized(answer.result()), untoldNumber);
    return new Got.Value<>(new Page(logs, place(last), Optional.of(rest)));
  }

  /** What every provider refuses, it will refuse again. */
  private static Got<Page> none(Outcome outcome) {
    return outcome instanceof Outcome.Rejected || isTooMuch(outcome)
        ? new Got.Lost<>("logs are not to be had")
        : new Got.Failed<>(outcome);
  }

  private static boolean isTooMuch(Outcome outcome) {
    return outcome instanceof Outcome.Refused(Refusal refusal)
        && refusal.kind() == Refusal.Kind.RANGE_TOO_LARGE;
  }

  private boolean isTold(RawJson log) {
    return skipThrough >= 0
        && Slices.quantity(Slices.member(log, "blockNumber")) == next
        && Slices.quantity(Slices.member(log, "logIndex")) <= skipThrough;
  }

  private long sized(RawJson answer) {
    if (answer.length() < FEW_BYTES) {
      return Math.min(BLOCKS_MAX, 2 * blocks);
    }
    return answer.length() > MANY_BYTES ? Math.max(1, blocks / 2) : blocks;
  }

  private History withBlocks(long fewer) {
    return new History(criteria, next, skipThrough, fewer, untoldNumber);
  }

  private static Page end(List<RawJson> logs, Position end) {
    return new Page(logs, end, Optional.empty());
  }

  /** The parent links it to what is kept, whatever becomes of that. */
  private Position before(Block block) {
    return new Position(block.parent(), block.number() - 1, untoldNumber);
  }

  /** Far from the head, where numbers say enough. */
  private Position place(long number) {
    return new Position(Hash.ZERO, number, untoldNumber);
  }

  private RawJson params(long last) {
    RawJson object = Slices.element(criteria.params(), 0);
    StringBuilder text = new StringBuilder("[{");
    for (String key : List.of("address", "topics")) {
      RawJson value = Slices.member(object, key);
      if (!value.isAbsent()) {
        text.append('"').append(key).append("\":").append(value.text()).append(',');
      }
    }
    return RawJson.of(
        text.append("\"fromBlock\":\"")
            .append(Hex.quantity(next))
            .append("\",\"toBlock\":\"")
            .append(Hex.quantity(last))
            .append("\"}]")
            .toString());
  }
}

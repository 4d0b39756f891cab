package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds the place in the chain where a subscription begins: the newest block of its client's view,
 * an older one that it names, or the one where it was cut off, perhaps at another replica, and
 * perhaps orphaned since. What cannot be found out is refused; nothing is guessed.
 */
final class Beginning {

  /** So many blocks of a branch that was not seen here are followed back to the chain. */
  private static final int STRANGERS_MAX = 64;

  /** Replicas see a block within some seconds of each other; the call may take longer than that. */
  private static final long LAG_NANOS_MAX = TimeUnit.SECONDS.toNanos(4);

  /**
   * Where it begins.
   *
   * @param before older blocks that are to be told first
   */
  record Place(Position position, Optional<History> before) {}

  /** Either a place or why there is none. */
  sealed interface Found {

    record At(Place place) implements Found {}

    record Nowhere(Outcome because) implements Found {}
  }

  private final Station station;
  private final View view;
  private final Subject subject;
  private final long blocksBackMax;
  private final LineLookups.Gate gate;

  /**
   * @param view the client's
   * @param blocksBackMax how far below the newest block logs may begin
   * @param gate the way of its questions
   */
  Beginning(
      Station station, View view, Subject subject, long blocksBackMax, LineLookups.Gate gate) {
    this.station = station;
    this.view = view;
    this.subject = subject;
    this.blocksBackMax = blocksBackMax;
    this.gate = gate;
  }

  CompletableFuture<Found> of(Wish.Start start) {
    return search(start, station.errand(gate))
        .thenApply(found ->
            found instanceof Found.Nowhere && gate.hasTurnedAway()
                ? new Found.Nowhere(LineLookups.TURNED_AWAY)
                : found);
  }

  private CompletableFuture<Found> search(Wish.Start start, Errand errand) {
    if (!subject.isOfBlocks()) {
      return done(at(Position.NOWHERE));
    }
    return switch (start) {
      case Wish.Start.Now _ -> done(at(Position.after(view.tip().orElseThrow())));
      case Wish.Start.From(var number) -> from(number, errand);
      case Wish.Start.After after -> after(after, errand);
    };
  }

  // From a block on.

  private CompletableFuture<Found> from(long number, Errand errand) {
    if (number > view.tipNumber()) {
      return done(at(Position.after(view.tip().orElseThrow())));
    }
    Optional<Block> kept = view.block(number);
    if (kept.isPresent()) {
      return done(at(new Position(kept.get().parent(), number - 1, number - 1)));
    }
    return switch (subject) {
      case Subject.Logs(var criteria) -> done(old(criteria, number, -1, number - 1));
      case Subject.Heads _, Subject.Pending _, Subject.Syncing _ -> {
        if (view.bottomNumber() - number > HeadCursor.BELOW_MAX) {
          yield done(tooFar(view.bottomNumber() - HeadCursor.BELOW_MAX));
        }
        yield block(byNumber(number), errand)
            .thenApply(block ->
                block
                    .filter(each -> each.number() == number)
                    .map(each -> at(new Position(each.parent(), number - 1, number - 1)))
                    .orElseGet(() -> notNow("fromBlock")));
      }
    };
  }

  private Found old(LogCriteria criteria, long number, long skipThrough, long untoldNumber) {
    long oldest = Math.max(0, view.tipNumber() - blocksBackMax + 1);
    if (number < oldest) {
      return tooFar(oldest);
    }
    Position place = new Position(Hash.ZERO, number - 1, untoldNumber);
    History history = History.from(criteria, number, skipThrough, untoldNumber);
    return new Found.At(new Place(place, Optional.of(history)));
  }

  // After a block.

  private CompletableFuture<Found> after(Wish.Start.After after, Errand errand) {
    Optional<Block> kept = view.block(after.hash());
    if (kept.isPresent()) {
      return resumed(after, kept.get(), errand);
    }
    Optional<Block> orphan = station.orphans().block(after.hash());
    if (orphan.isPresent()) {
      return join(orphan.get(), errand, STRANGERS_MAX)
          .thenCompose(joined -> joined.orElse(this).resumed(after, orphan.get(), errand));
    }
    return block(byHash(after.hash()), errand)
        .thenCompose(found ->
            found
                .filter(block -> block.hash().equals(after.hash()))
                .map(block -> met(after, block, errand))
                .orElseGet(() -> unheardOf(after, errand)));
  }

  /** A block that providers have; perhaps this replica lags behind the one that told of it. */
  private CompletableFuture<Found> met(Wish.Start.After after, Block block, Errand errand) {
    return block.number() <= view.tipNumber()
        ? stranger(after, block, errand)
        : lookout()
            .until(now -> now.tipNumber() >= block.number(), LAG_NANOS_MAX)
            .thenCompose(now -> at(now).caughtUp(after, block, errand));
  }

  private CompletableFuture<Found> caughtUp(Wish.Start.After after, Block block, Errand errand) {
    return isKept(block.hash()) ? resumed(after, block, errand) : stranger(after, block, errand);
  }

  /** A block that no provider has, perhaps because all of this replica's lag behind. */
  private CompletableFuture<Found> unheardOf(Wish.Start.After after, Errand errand) {
    if (gate.hasTurnedAway()) {
      return done(unknown()); // nobody was asked
    }
    return lookout()
        .until(now -> now.block(after.hash()).isPresent(), LAG_NANOS_MAX)
        .thenCompose(now ->
            now.block(after.hash())
                .map(block -> at(now).resumed(after, block, errand))
                .orElseGet(() -> done(unknown())));
  }

  private Lookout lookout() {
    return new Lookout(station.log(), station.ticker());
  }

  private Beginning at(View now) {
    return new Beginning(station, now, subject, blocksBackMax, gate);
  }

  /** A block that this replica has not seen, or has not kept. */
  private CompletableFuture<Found> stranger(Wish.Start.After after, Block block, Errand errand) {
    return grownTo(block.number())
        .thenCompose(grown ->
            grown.isKept(block.hash())
                ? grown.resumed(after, block, errand)
                : grown.elsewhere(after, block, errand));
  }

  private CompletableFuture<Found> elsewhere(Wish.Start.After after, Block block, Errand errand) {
    if (block.number() >= view.bottomNumber()) {
      return join(block, errand, STRANGERS_MAX)
          .thenCompose(joined ->
              joined
                  .map(those -> those.resumed(after, block, errand))
                  .orElseGet(() -> done(unknown())));
    }
    return block(byNumber(block.number()), errand)
        .thenApply(canonical ->
            canonical.filter(each -> each.hash().equals(block.hash())).isPresent()
                ? belowTheRing(after, block)
                : unknown());
  }

  /**
   * Learns the blocks of a branch, on from those of it that were learned before, down to one of the
   * chain.
   *
   * @return with the chain that it leads down to; empty when it does not
   */
  private CompletableFuture<Optional<Beginning>> join(Block block, Errand errand, int left) {
    station.orphans().learn(block);
    Block lowest = lowestKnown(block);
    if (isKept(lowest.parent())) {
      return CompletableFuture.completedFuture(Optional.of(this));
    }
    if (left == 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return grownTo(lowest.number() - 1).thenCompose(grown -> grown.parentOf(lowest, errand, left));
  }

  private CompletableFuture<Optional<Beginning>> parentOf(Block block, Errand errand, int left) {
    if (isKept(block.parent())) {
      return CompletableFuture.completedFuture(Optional.of(this));
    }
    if (block.number() <= view.bottomNumber()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return block(byHash(block.parent()), errand)
        .thenCompose(parent ->
            parent.filter(each -> each.hash().equals(block.parent())).isPresent()
                    && parent.get().number() == block.number() - 1
                ? join(parent.get(), errand, left - 1)
                : CompletableFuture.completedFuture(Optional.empty()));
  }

  /** The end of the branch as far as it is known; each is lower than the one before. */
  private Block lowestKnown(Block block) {
    Block lowest = block;
    Optional<Block> next = Optional.of(block);
    while (next.isPresent()) {
      lowest = next.get();
      Hash parent = lowest.parent();
      next = isKept(parent) ? Optional.empty() : station.orphans().block(parent);
    }
    return lowest;
  }

  /** After a start the ring grows down for some seconds: what is below it now may soon be in it. */
  private CompletableFuture<Beginning> grownTo(long number) {
    return lookout()
        .until(
            now -> now.bottomNumber() <= number || station.log().wantedBelow().isEmpty(),
            LAG_NANOS_MAX)
        .thenApply(this::at);
  }

  private boolean isKept(Hash hash) {
    return view.block(hash).isPresent();
  }

  private Found belowTheRing(Wish.Start.After after, Block block) {
    boolean isAmid = after.logIndex() != Position.ALL_LOGS;
    if (subject instanceof Subject.Logs(var criteria)) {
      return isAmid
          ? old(criteria, block.number(), after.logIndex(), after.first() - 1)
          : old(criteria, block.number() + 1, -1, after.first() - 1);
    }
    return view.bottomNumber() - block.number() > HeadCursor.BELOW_MAX
        ? tooFar(view.bottomNumber() - HeadCursor.BELOW_MAX)
        : at(new Position(block.hash(), block.number(), after.first() - 1));
  }

  /** What is to be taken back must be at hand before the client is promised anything. */
  private CompletableFuture<Found> resumed(Wish.Start.After after, Block block, Errand errand) {
    long logIndex = subject instanceof Subject.Logs ? after.logIndex() : Position.ALL_LOGS;
    Position place = new Position(block.hash(), block.number(), after.first() - 1, logIndex);
    HeadCursor cursor = new HeadCursor(view, station.orphans());
    List<Step> back = cursor.back(place);
    if (!cursor.isWithinReach(place.then(back))) {
      return done(unknown());
    }
    return subject instanceof Subject.Logs(var criteria)
        ? errand
            .each(told(place, back, criteria), each -> station.logs().of(each, errand))
            .thenApply(got -> got instanceof Got.Value ? at(place) : unknown())
        : done(at(place));
  }

  private List<Block> told(Position place, List<Step> back, LogCriteria criteria) {
    return back.stream()
        .filter(place::isHeard)
        .map(Step::block)
        .filter(block -> station.mayHaveAny(block, criteria))
        .toList();
  }

  // What they share.

  private static RawJson byHash(Hash hash) {
    return RawJson.of("[\"" + hash + "\",false]");
  }

  private static RawJson byNumber(long number) {
    return RawJson.of("[\"" + Hex.quantity(number) + "\",false]");
  }

  private static CompletableFuture<Optional<Block>> block(RawJson params, Errand errand) {
    String method = params.length() > 66 ? "eth_getBlockByHash" : "eth_getBlockByNumber";
    return errand
        .ask(method, params)
        .thenApply(outcome ->
            outcome instanceof Outcome.Answer answer
                ? Block.read(answer.result())
                : Optional.empty());
  }

  private static CompletableFuture<Found> done(Found found) {
    return CompletableFuture.completedFuture(found);
  }

  private static Found at(Position position) {
    return new Found.At(new Place(position, Optional.empty()));
  }

  private static Found tooFar(long oldest) {
    return refused(
        Refusal.Kind.INVALID_PARAMS,
        "start: too many blocks back (expected: fromBlock >= "
            + Hex.quantity(oldest)
            + "; older logs: eth_getLogs)",
        "too_far_back");
  }

  private static Found unknown() {
    return refused(
        Refusal.Kind.MISSING_DATA,
        "resume: it cannot be found out what has become of this block (use: fromBlock, with a block"
            + " that is final)",
        "resume_unknown");
  }

  private static Found notNow(String what) {
    return refused(
        Refusal.Kind.MISSING_DATA, what + ": the block is not to be had now", "missing_data");
  }

  private static Found refused(Refusal.Kind kind, String message, String reason) {
    return new Found.Nowhere(new Outcome.Refused(new Refusal(kind, message, reason)));
  }
}

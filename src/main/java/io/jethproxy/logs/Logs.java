package io.jethproxy.logs;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Density;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers {@code eth_getLogs} over more than a provider takes at once: in parts, whole or not at
 * all. Above AnswerLocally, so that the part of which the receipts are kept costs no provider, and
 * above the Cache, so that old parts which were asked for before cost none either.
 *
 * <p>A range that some provider takes is asked for as it came, in one piece. A larger one is cut at
 * round numbers of blocks ({@link Span#cut}): whoever asks again, or for a range that overlaps,
 * finds the pieces in the cache. What turns out to be too much is halved, see {@link Part#split}.
 * All parts must be of the chain that was served when the question came; if that changes meanwhile,
 * everything is asked once more.
 */
public final class Logs implements Stage {

  private static final String METHOD = "eth_getLogs";

  /** In one piece even where a provider would take more: larger answers are slow everywhere. */
  private static final long PIECE_BLOCKS_MAX = 10_000;

  /** A range so long that it would have more pieces gets larger ones, where providers take them. */
  private static final long PIECES_WANTED = 20;

  private static final long RING_STEP_BLOCKS = 32;

  /** Under way in all searches together, beyond the first of each. */
  private static final int PARTS_UNDER_WAY_MAX = 64;

  /**
   * The hard limits.
   *
   * @param rangeBlocksMax in one question of a client, positive
   * @param partsMax questions to providers for one of a client, answered from the cache or not,
   *     positive
   * @param bytesMax of one merged answer, positive
   * @param heldBytesMax of the answers that wait to be merged, in all searches
   */
  public record Config(long rangeBlocksMax, int partsMax, long bytesMax, long heldBytesMax) {

    public Config {
      positive("rangeBlocksMax", rangeBlocksMax);
      positive("partsMax", partsMax);
      positive("bytesMax", bytesMax);
      positive("heldBytesMax", heldBytesMax);
    }

    private static void positive(String name, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
      }
    }
  }

  private final Fleets fleets;
  private final Chains chains;
  private final RangeLimits limits;
  private final Config config;
  private final Room room;
  private final Optional<Blooms> blooms;

  /**
   * @param blooms of which methods to look for logs that answers leave out; empty to believe them
   */
  public Logs(
      Fleets fleets, Chains chains, RangeLimits limits, Optional<Methods> blooms, Config config) {
    this.fleets = fleets;
    this.chains = chains;
    this.limits = limits;
    this.config = config;
    this.blooms = blooms.map(Blooms::new);
    this.room = new Room(PARTS_UNDER_WAY_MAX, config.heldBytesMax());
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    if (!call.method().name().equals(METHOD)) {
      return next.handle(call);
    }
    return logs(call, blooms.isPresent() ? looked(next, blooms.get()) : next);
  }

  /** The rest of the pipeline, of which the answers are looked at. */
  private static Handler looked(Handler next, Blooms blooms) {
    return call ->
        BlockRefs.of(call.method(), call.request().params())
                    instanceof BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to))
                && from <= to
            ? next.handle(call)
                .thenCompose(outcome -> blooms.complete(call, next, new Span(from, to), outcome))
            : next.handle(call);
  }

  private CompletableFuture<Outcome> logs(Call call, Handler next) {
    View view = view(call);
    return switch (BlockRefs.of(call.method(), call.request().params())) {
      case BlockRef.Range(var from, BlockRef.Number(var to)) when isKnown(from, to, view) ->
          onOneChain(call, next, new Span(number(from), to));
      case BlockRef.ByHash(var hash) ->
          whole(call, next, new Part.Where.InBlock("\"blockHash\":\"" + hash + '"'), view);
      case BlockRef.Range _, BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ ->
          next.handle(call);
    };
  }

  private View view(Call call) {
    return call.moment().fix(View.class, () -> chains.view(call.network().chainId()));
  }

  /** What is beyond the newest block is for others to say. */
  private static boolean isKnown(BlockRef from, long to, View view) {
    long first = number(from);
    return first >= 0 && first <= to && (view.tip().isEmpty() || to <= view.tipNumber());
  }

  private static long number(BlockRef ref) {
    return switch (ref) {
      case BlockRef.Number(var number) -> number;
      case BlockRef.Tag(var tag) -> tag == BlockRef.Tag.Kind.EARLIEST ? 0 : -1;
      case BlockRef.ByHash _, BlockRef.Range _, BlockRef.None _ -> -1;
    };
  }

  private CompletableFuture<Outcome> onOneChain(Call call, Handler next, Span span) {
    CompletableFuture<Outcome> first = range(call, next, span);
    return isServed(first)
        ? first
        : first.thenCompose(outcome ->
            outcome.equals(Excess.MOVED)
                ? range(now(call), next, span)
                : CompletableFuture.completedFuture(outcome));
  }

  /** The same call, answered from what is known now. */
  private static Call now(Call call) {
    return new Call(
        call.network(),
        call.request(),
        call.method(),
        call.deadline(),
        call.journal(),
        call.abandonment(),
        new Moment());
  }

  /** Whether the answer is there already, as it is from the cache and the kept blocks. */
  private static boolean isServed(CompletableFuture<Outcome> future) {
    return future.isDone()
        && !future.isCompletedExceptionally()
        && future.join() instanceof Outcome.Answer;
  }

  private CompletableFuture<Outcome> range(Call call, Handler next, Span span) {
    if (span.blocks() > config.rangeBlocksMax()) {
      return CompletableFuture.completedFuture(
          Excess.blocks(span.blocks(), config.rangeBlocksMax()));
    }
    View view = view(call);
    long ringFrom = ringFrom(span, view);
    Span cold = ringFrom == span.from() ? span : new Span(span.from(), ringFrom - 1);
    long most = Math.min(blocksMax(call), pieceMax(cold));
    boolean isInRing = ringFrom == span.from();
    if (isInRing || (ringFrom > span.to() && cold.blocks() <= most)) {
      return whole(call, next, new Part.Where.InRange(span), view);
    }
    Optional<Query> query = query(call);
    if (query.isEmpty()) {
      return next.handle(call);
    }
    long pieces = cold.blocks() <= most ? 1 : cold.pieces(most);
    if (pieces > config.partsMax()) {
      return CompletableFuture.completedFuture(
          Excess.parts(pieces, config.partsMax(), Span.roundSize(most) * (config.partsMax() - 1L)));
    }
    List<Part> parts = new ArrayList<>();
    for (Span piece : cold.blocks() <= most ? List.of(cold) : cold.cut(most)) {
      parts.add(Part.of(piece, query.get()));
    }
    if (ringFrom <= span.to()) {
      parts.add(Part.of(new Span(ringFrom, span.to()), query.get()));
    }
    return search(call, next, parts, parts, view, span.to());
  }

  private static long pieceMax(Span span) {
    return Math.max(PIECE_BLOCKS_MAX, span.blocks() / PIECES_WANTED);
  }

  /**
   * The first block from which on all are kept with their receipts, beyond the end if none is. One
   * after a round number, so that what comes before it stays the same for a while, and cached.
   */
  private static long ringFrom(Span span, View view) {
    long from = span.to() + 1;
    while (from > span.from()
        && view.block(from - 1).filter(block -> block.receipts().isPresent()).isPresent()) {
      from--;
    }
    long round = (from + RING_STEP_BLOCKS - 1) / RING_STEP_BLOCKS * RING_STEP_BLOCKS;
    return from == span.from() ? from : Math.min(round, span.to() + 1);
  }

  /** Asks for it as it came; in parts when that is too much. */
  private CompletableFuture<Outcome> whole(Call call, Handler next, Part.Where where, View view) {
    CompletableFuture<Outcome> first = next.handle(call);
    return isServed(first)
        ? first
        : first.thenCompose(outcome -> whole(call, next, where, view, outcome));
  }

  private CompletableFuture<Outcome> whole(
      Call call, Handler next, Part.Where where, View view, Outcome outcome) {
    Optional<Query> query = Excess.isIn(outcome) ? query(call) : Optional.empty();
    if (query.isEmpty()) {
      return CompletableFuture.completedFuture(outcome);
    }
    Part part = new Part(where, query.get());
    List<Part> parts = part.split(blocksMax(call));
    if (parts.isEmpty()) {
      return CompletableFuture.completedFuture(Excess.indivisible(outcome));
    }
    long to = part.span().map(Span::to).orElse(-1L);
    return search(call, next, List.of(part), parts, view, to);
  }

  private CompletableFuture<Outcome> search(
      Call call, Handler next, List<Part> parts, List<Part> waiting, View view, long to) {
    return new Search(
            call,
            next,
            config,
            room,
            parts,
            waiting,
            () -> blocksMax(call),
            () -> isSameChain(call.network().chainId(), view, to))
        .start();
  }

  /** Whether the block at the end, and so all before it, is the one of the beginning. */
  private boolean isSameChain(long chainId, View then, long to) {
    Optional<Block> was = then.block(to);
    View now = chains.lastView(chainId);
    return was.isEmpty()
        || to < now.bottomNumber()
        || now.block(to).filter(block -> block.hash().equals(was.get().hash())).isPresent();
  }

  private long blocksMax(Call call) {
    Density density = Density.of(filter(call));
    return fleets
        .of(call.network().chainId())
        .map(fleet -> limits.blocksMax(fleet, call.method(), density))
        .orElse(RangeLimits.UNLIMITED);
  }

  /** What is looked for; empty when only a provider can tell. */
  private static Optional<Query> query(Call call) {
    return Slices.elements(call.request().params()).size() == 1
        ? LogFilter.read(filter(call)).map(Query::of)
        : Optional.empty();
  }

  private static RawJson filter(Call call) {
    return Slices.element(call.request().params(), 0);
  }
}

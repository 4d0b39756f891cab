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
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Fleet;
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
    return logs(call, next);
  }

  private CompletableFuture<Outcome> logs(Call call, Handler next) {
    View view = view(call);
    return switch (BlockRefs.of(call.method(), call.request().params())) {
      case BlockRef.Range(var from, BlockRef.Number(var to)) when hasKnown(from, to, view) ->
          onOneChain(call, next, new Span(number(from), to));
      case BlockRef.ByHash(var hash) ->
          whole(
              call,
              next,
              new Part.Where.InBlock("\"blockHash\":\"" + hash + '"'),
              view,
              allowance());
      case BlockRef.Range _, BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ ->
          next.handle(call);
    };
  }

  private View view(Call call) {
    return call.moment().fix(View.class, () -> chains.view(call.network().chainId()));
  }

  private Allowance allowance() {
    return new Allowance(config.partsMax());
  }

  /** What begins beyond the newest block is for others to say. */
  private static boolean hasKnown(BlockRef from, long to, View view) {
    long first = number(from);
    return first >= 0 && first <= to && (view.tip().isEmpty() || first <= view.tipNumber());
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
    View view = view(call);
    Span known = known(span, view);
    if (known.blocks() > config.rangeBlocksMax()) {
      return CompletableFuture.completedFuture(
          Excess.blocks(known.blocks(), config.rangeBlocksMax()));
    }
    Allowance allowance = allowance();
    CompletableFuture<Outcome> collected = range(call, next, span, view, allowance);
    return blooms.isEmpty()
        ? collected
        : collected.thenCompose(
            outcome -> blooms.get().checked(call, next, view, known, allowance, outcome));
  }

  /** The blocks up to the newest one. */
  private static Span known(Span span, View view) {
    return view.tip().isEmpty() || span.to() <= view.tipNumber()
        ? span
        : new Span(span.from(), view.tipNumber());
  }

  private CompletableFuture<Outcome> range(
      Call call, Handler next, Span span, View view, Allowance allowance) {
    Span known = known(span, view);
    long ringFrom = ringFrom(known, view);
    boolean isInRing = ringFrom == known.from();
    Span cold = isInRing ? known : new Span(known.from(), ringFrom - 1);
    Sizes sizes = sizes(call);
    long size = sizes.first(cold, config.partsMax());
    boolean isCold = ringFrom > known.to() || known.to() < span.to();
    if ((isInRing && known.equals(span)) || (isCold && span.blocks() <= size)) {
      return whole(call, next, new Part.Where.InRange(span), view, allowance);
    }
    Optional<Query> query = query(call);
    if (query.isEmpty()) {
      return next.handle(call);
    }
    List<Span> rest = new ArrayList<>(2);
    if (ringFrom <= known.to()) {
      rest.add(new Span(ringFrom, known.to()));
    }
    if (known.to() < span.to()) {
      rest.add(new Span(known.to() + 1, span.to()));
    }
    long pieces = (isInRing ? 0 : pieces(cold, size)) + rest.size();
    if (pieces > config.partsMax()) {
      return CompletableFuture.completedFuture(
          Excess.parts(pieces, config.partsMax(), Span.roundSize(size) * (config.partsMax() - 1L)));
    }
    List<Span> spans = new ArrayList<>(isInRing ? List.of() : cut(cold, size));
    spans.addAll(rest);
    List<Part> parts = spans.stream().map(one -> Part.of(one, query.get())).toList();
    return search(call, next, parts, parts, view, known.to(), allowance);
  }

  private static long pieces(Span span, long size) {
    return span.blocks() <= size ? 1 : span.pieces(size);
  }

  private static List<Span> cut(Span span, long size) {
    return span.blocks() <= size ? List.of(span) : span.cut(size);
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
  private CompletableFuture<Outcome> whole(
      Call call, Handler next, Part.Where where, View view, Allowance allowance) {
    allowance.take();
    CompletableFuture<Outcome> first = next.handle(call);
    return isServed(first)
        ? first
        : first.thenCompose(outcome -> whole(call, next, where, view, allowance, outcome));
  }

  private CompletableFuture<Outcome> whole(
      Call call, Handler next, Part.Where where, View view, Allowance allowance, Outcome outcome) {
    Optional<Query> query = Excess.isIn(outcome) ? query(call) : Optional.empty();
    if (query.isEmpty()) {
      return CompletableFuture.completedFuture(outcome);
    }
    Part part = new Part(where, query.get());
    Sizes sizes = sizes(call);
    long pieces = part.pieces(sizes);
    if (pieces == 0) {
      return CompletableFuture.completedFuture(Excess.indivisible(outcome));
    }
    if (pieces > allowance.left()) {
      return CompletableFuture.completedFuture(Excess.parts(config.partsMax()));
    }
    List<Part> parts = part.split(sizes);
    long to = part.span().map(span -> known(span, view).to()).orElse(-1L);
    return search(call, next, List.of(part), parts, view, to, allowance);
  }

  private CompletableFuture<Outcome> search(
      Call call,
      Handler next,
      List<Part> parts,
      List<Part> waiting,
      View view,
      long to,
      Allowance allowance) {
    return new Search(
            call,
            next,
            config,
            room,
            allowance,
            parts,
            waiting,
            () -> sizes(call),
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

  private Sizes sizes(Call call) {
    return fleets
        .of(call.network().chainId())
        .map(fleet -> sizes(call, fleet))
        .orElse(Sizes.UNLIMITED);
  }

  private Sizes sizes(Call call, Fleet fleet) {
    boolean isGuessed =
        fleet.providers().stream().anyMatch(provider -> limits.knowsFilters(provider.id()));
    Optional<Hash> key =
        isGuessed ? LogFilter.read(filter(call)).map(LogFilter::key) : Optional.empty();
    return new Sizes(
        limits.blocksMax(fleet, call.method()),
        key.map(filter -> limits.blocksMax(fleet, call.method(), filter))
            .orElse(RangeLimits.UNLIMITED));
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

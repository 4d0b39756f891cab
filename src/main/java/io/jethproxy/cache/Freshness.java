package io.jethproxy.cache;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.MethodSpec.Exposure;
import io.jethproxy.eth.MethodSpec.Need;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * What an answer depends on, and so how long it may be kept: the rules, without state or I/O. The
 * first half is known from the question, the second from the answer.
 */
final class Freshness {

  /** What does not depend on the chain may still change with a node's next release. */
  static final long TIMELESS_NANOS = MINUTES.toNanos(10);

  /** Prices move while a chain rests. */
  static final long AT_TIP_NANOS = SECONDS.toNanos(12);

  private Freshness() {}

  /** What the answer will depend on. */
  static Plan plan(MethodSpec method, RawJson params, View view) {
    if (method.effect() != MethodSpec.Effect.READ || method.exposure() == Exposure.PRIVATE) {
      return new Plan.Unstorable(NotCached.METHOD);
    }
    return switch (method.caching()) {
      case NEVER -> new Plan.Unstorable(NotCached.METHOD);
      case STATIC -> new Plan.Timeless();
      case UNTIL_NEXT_BLOCK -> view.tip().map(tip -> atTip(method, params, tip)).orElse(unknown());
      case FINALIZED, BY_HASH -> view.tip().isPresent() ? atBlock(method, params, view) : unknown();
    };
  }

  private static Plan unknown() {
    return new Plan.Unstorable(NotCached.CHAIN_UNKNOWN);
  }

  private static Plan atTip(MethodSpec method, RawJson params, Block tip) {
    if (method.block().kind() == BlockParam.Kind.NONE) {
      return new Plan.AtTip(tip.hash());
    }
    BlockRef asked = BlockRefs.of(method, params);
    return switch (asked) {
      case BlockRef.Number _, BlockRef.ByHash _ -> new Plan.AtTip(tip.hash());
      case BlockRef.Tag tag when tag.equals(BlockRef.LATEST) -> new Plan.AtTip(tip.hash());
      case BlockRef.Tag _, BlockRef.Range _, BlockRef.None _ -> unresolved(asked);
    };
  }

  private static Plan atBlock(MethodSpec method, RawJson params, View view) {
    if (method.block().kind() == BlockParam.Kind.TRANSACTION) {
      return new Plan.Named(Optional.empty(), false);
    }
    BlockRef asked = BlockRefs.of(method, params);
    return switch (asked) {
      case BlockRef.Number(long number) -> atNumber(method, number, view);
      case BlockRef.Range(BlockRef.Number _, BlockRef.Number(long to)) ->
          atNumber(method, to, view);
      case BlockRef.ByHash(Hash hash) -> atHash(method, hash, view);
      case BlockRef.Range _, BlockRef.Tag _, BlockRef.None _ -> unresolved(asked);
    };
  }

  /** A block fixes all that came before it, so a range depends on its end alone. */
  private static Plan atNumber(MethodSpec method, long number, View view) {
    Optional<Block> block = view.block(number);
    if (block.isPresent()) {
      return inRing(method, number, block.get().hash(), view);
    }
    if (number > view.tipNumber()) {
      return new Plan.Unstorable(NotCached.FUTURE);
    }
    return number <= view.finalizedNumber()
        ? new Plan.Settled(number)
        : new Plan.Unstorable(NotCached.OUT_OF_RING);
  }

  private static Plan atHash(MethodSpec method, Hash hash, View view) {
    Optional<Block> block = view.block(hash);
    if (block.isPresent()) {
      return inRing(method, block.get().number(), hash, view);
    }
    // State by hash may be asked under the condition that the block is on the chain, which nobody
    // knows of one that is not in the ring.
    return view.finalizedNumber() < 0 || method.need() == Need.STATE
        ? new Plan.Unstorable(NotCached.OUT_OF_RING)
        : new Plan.Named(Optional.of(hash), method.caching() == MethodSpec.Caching.BY_HASH);
  }

  private static Plan inRing(MethodSpec method, long number, Hash hash, View view) {
    boolean isState = method.need() == Need.STATE || method.need() == Need.STATE_AND_HISTORY;
    return isState && number == view.tipNumber()
        ? new Plan.AtNewest(number, hash)
        : new Plan.AtBlock(number, hash);
  }

  private static Plan unresolved(BlockRef asked) {
    return new Plan.Unstorable(
        switch (asked) {
          case BlockRef.Tag(BlockRef.Tag.Kind kind) ->
              kind == BlockRef.Tag.Kind.PENDING ? NotCached.PENDING : NotCached.TAG;
          case BlockRef.Range(BlockRef from, BlockRef to) ->
              isPending(from) || isPending(to) ? NotCached.PENDING : NotCached.TAG;
          case BlockRef.None _ -> NotCached.UNREAD_BLOCK;
          case BlockRef.Number _, BlockRef.ByHash _ ->
              throw new IllegalArgumentException("resolved: " + asked);
        });
  }

  private static boolean isPending(BlockRef bound) {
    return bound instanceof BlockRef.Tag(BlockRef.Tag.Kind kind)
        && kind == BlockRef.Tag.Kind.PENDING;
  }

  /** For how long an answer is true, or why it is not kept. */
  sealed interface Verdict {
    /** It is kept. */
    record Keep(Validity validity) implements Verdict {}

    /** It is not. */
    record Drop(NotCached why) implements Verdict {}
  }

  /**
   * Decides on an answer.
   *
   * @param view the chain as it is when the answer is there
   * @param era of the chain
   */
  static Verdict settle(
      Plan plan, MethodSpec method, RawJson result, View view, long era, long nowNanos) {
    if (result.isNull()) {
      return new Verdict.Drop(NotCached.NULL);
    }
    Answered answered = new Answered(method, result, view, era);
    return switch (plan) {
      case Plan.Unstorable(NotCached why) -> new Verdict.Drop(why);
      case Plan.Timeless() -> new Verdict.Keep(new Validity.Timeless(nowNanos + TIMELESS_NANOS));
      case Plan.AtTip(Hash tip) ->
          isTip(tip, view)
              ? new Verdict.Keep(new Validity.AtTip(tip, nowNanos + AT_TIP_NANOS))
              : new Verdict.Drop(NotCached.MOVED);
      case Plan.AtNewest(long number, Hash hash) ->
          isTip(hash, view) ? answered.atNewest(number, hash) : new Verdict.Drop(NotCached.MOVED);
      case Plan.AtBlock(long number, Hash hash) -> answered.atBlock(number, hash);
      case Plan.Settled(long number) -> answered.settled(number);
      case Plan.Named(Optional<Hash> asked, boolean mayBeUnnamed) ->
          answered.named(asked, mayBeUnnamed);
    };
  }

  private static boolean isTip(Hash hash, View view) {
    return view.tip().filter(tip -> tip.hash().equals(hash)).isPresent();
  }

  /** An answer, with what is needed to judge it. */
  private record Answered(MethodSpec method, RawJson result, View view, long era) {

    /** Not even where it is final at once: see {@link Validity.Newest}. */
    Verdict atNewest(long number, Hash hash) {
      return switch (atBlock(number, hash)) {
        case Verdict.Keep _ -> new Verdict.Keep(new Validity.Newest(hash));
        case Verdict.Drop drop -> drop;
      };
    }

    Verdict atBlock(long number, Hash hash) {
      if (!isOnChain(number, hash)) {
        return new Verdict.Drop(NotCached.MOVED);
      }
      return namesAnother(number, Optional.of(hash))
          ? new Verdict.Drop(NotCached.OTHER_BLOCK)
          : keep(number, hash);
    }

    Verdict settled(long number) {
      return namesAnother(number, Optional.empty())
          ? new Verdict.Drop(NotCached.OTHER_BLOCK)
          : keepFinal(number);
    }

    Verdict named(Optional<Hash> asked, boolean mayBeUnnamed) {
      Placed placed = Placed.read(result);
      if (placed.isPending()) {
        return new Verdict.Drop(NotCached.PENDING);
      }
      if (placed.hash().isEmpty() || placed.number() < 0) {
        return mayBeUnnamed && !isDoubtful() ? keepFinal(0) : new Verdict.Drop(NotCached.UNPLACED);
      }
      Hash hash = placed.hash().get();
      if (asked.isPresent() && !asked.get().equals(hash)) {
        return new Verdict.Drop(NotCached.OTHER_BLOCK);
      }
      return place(placed.number(), hash);
    }

    private Verdict place(long number, Hash hash) {
      if (isOnChain(number, hash)) {
        return keep(number, hash);
      }
      return number < view.bottomNumber() && number <= view.finalizedNumber()
          ? keepFinal(number)
          : new Verdict.Drop(NotCached.OTHER_BLOCK);
    }

    private Verdict keep(long number, Hash hash) {
      if (number <= view.finalizedNumber()) {
        return keepFinal(number);
      }
      return isDoubtful()
          ? new Verdict.Drop(NotCached.EMPTY)
          : new Verdict.Keep(new Validity.InRing(number, hash));
    }

    private Verdict keepFinal(long number) {
      return number <= view.finalizedNumber()
          ? new Verdict.Keep(new Validity.Final(number, era))
          : new Verdict.Drop(NotCached.CHAIN_UNKNOWN);
    }

    private boolean isOnChain(long number, Hash hash) {
      return view.block(number).filter(block -> block.hash().equals(hash)).isPresent();
    }

    private boolean isDoubtful() {
      return method.emptyIsSuspicious() && result.is("[]");
    }

    /**
     * Whether the answer says that it is of another block: a node on another branch has answered,
     * or one that changed to another just then. Executions name only blocks that they made up.
     */
    private boolean namesAnother(long number, Optional<Hash> hash) {
      boolean isTold = method.need() == Need.HISTORY || method.need() == Need.STATE_AND_HISTORY;
      if (!isTold) {
        return false;
      }
      Placed placed = Placed.read(result);
      if (method.block().kind() == BlockParam.Kind.RANGE) {
        return isOffChain(placed);
      }
      return placed.isPending()
          || (placed.number() >= 0 && placed.number() != number)
          || (hash.isPresent()
              && placed.hash().isPresent()
              && !placed.hash().get().equals(hash.get()));
    }

    private boolean isOffChain(Placed placed) {
      return placed.isPending()
          || (placed.hash().isPresent()
              && view.block(placed.number())
                  .filter(block -> !block.hash().equals(placed.hash().get()))
                  .isPresent());
    }
  }
}

package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Provider;
import java.util.function.LongSupplier;

/**
 * Which block a provider must have to be asked at all, and how an empty answer is to be taken.
 *
 * @param block the number of the block; negative when none is known to be needed
 * @param isFuture whether nobody has shown the newest block that is asked for, and nobody can have
 *     thrown away any other
 * @param isSoft whether a provider without that block may have what is asked all the same
 * @param isNew whether clients know of the block, but providers may get it only in a moment
 * @param empties what an empty answer means
 */
record Reach(long block, boolean isFuture, boolean isSoft, boolean isNew, Tally.Empties empties) {

  private static final long NONE = -1;

  /** No block is needed. */
  static final Reach ANY = new Reach(NONE, false, false, false, Tally.Empties.TRUSTED);

  /**
   * @param agreedHead the head that the network agrees on; negative when unknown
   * @param shownHead the newest block that a client may know: one was told of it, or a provider has
   *     shown it
   */
  static Reach of(Call call, long agreedHead, LongSupplier shownHead) {
    MethodSpec method = call.method();
    BlockRef ref = BlockRefs.of(method, call.request().params());
    boolean soft = ref instanceof BlockRef.ByHash || ref instanceof BlockRef.None;
    long newest = newest(ref);
    boolean newer = agreedHead >= 0 && newest > agreedHead;
    long known = newer ? Math.max(agreedHead, shownHead.getAsLong()) : agreedHead;
    return new Reach(
        blockOf(ref, agreedHead, known),
        agreedHead >= 0 && newest > known && oldest(ref) > known - Holdings.LATE_BLOCKS,
        soft,
        agreedHead >= 0 && newest >= agreedHead && newest <= known,
        emptiesOf(method, ref, agreedHead, known));
  }

  private static long newest(BlockRef ref) {
    return switch (ref) {
      case BlockRef.Number(var number) -> number;
      case BlockRef.Range(var from, var to) -> Math.max(newest(from), newest(to));
      case BlockRef.Tag _, BlockRef.ByHash _, BlockRef.None _ -> NONE;
    };
  }

  private static long oldest(BlockRef ref) {
    return ref instanceof BlockRef.Range(var from, _) ? newest(from) : newest(ref);
  }

  /**
   * For when nobody within reach is left: those behind may know old things, but when they know
   * nothing, nothing is known.
   */
  Reach relaxed() {
    return new Reach(
        NONE,
        false,
        false,
        false,
        empties == Tally.Empties.TRUSTED ? Tally.Empties.TRUSTED : Tally.Empties.WRONG);
  }

  /** For what is known to be in a block: who has that block has it, or gets it in a moment. */
  static Reach ofBlock(long number) {
    return new Reach(number, false, true, false, Tally.Empties.WRONG);
  }

  /** The same, for logs of which a provider may not know yet that there are any. */
  Reach doubtingLists() {
    return new Reach(block, isFuture, isSoft, isNew, Tally.Empties.LISTS_DOUBTED);
  }

  private static long blockOf(BlockRef ref, long agreedHead, long known) {
    return switch (ref) {
      case BlockRef.Number(var number) -> agreedHead < 0 ? NONE : Math.min(number, known);
      case BlockRef.Tag(var tag) -> tag == BlockRef.Tag.Kind.EARLIEST ? NONE : agreedHead;
      case BlockRef.Range(var from, var to) ->
          Math.max(blockOf(from, agreedHead, known), blockOf(to, agreedHead, known));
      case BlockRef.ByHash hash -> agreedHead;
      case BlockRef.None none -> agreedHead;
    };
  }

  private static Tally.Empties emptiesOf(
      MethodSpec method, BlockRef ref, long agreedHead, long known) {
    if (!method.emptyIsSuspicious()) {
      return Tally.Empties.TRUSTED;
    }
    return switch (ref) {
      case BlockRef.Number(var number) -> {
        if (agreedHead >= 0 && number > known) {
          yield Tally.Empties.TRUSTED; // a future block does not exist yet
        }
        yield agreedHead >= 0 && namesWholeBlock(method)
            ? Tally.Empties.WRONG
            : Tally.Empties.DOUBTED;
      }
      case BlockRef.Tag(var tag) ->
          tag == BlockRef.Tag.Kind.PENDING
              ? Tally.Empties.TRUSTED
              : namesWholeBlock(method) ? Tally.Empties.WRONG : Tally.Empties.DOUBTED;
      case BlockRef.Range range -> Tally.Empties.TRUSTED;
      case BlockRef.ByHash hash -> Tally.Empties.DOUBTED;
      case BlockRef.None none -> Tally.Empties.DOUBTED;
    };
  }

  /** Whether the answer is the block, or a count of it, and not one of its parts by index. */
  static boolean namesWholeBlock(MethodSpec method) {
    return method.block().kind() == BlockParam.Kind.BLOCK && !method.name().endsWith("AndIndex");
  }

  /**
   * Whether a provider has shown that it has the block. One that was away since then counts only
   * when nobody else has it for certain.
   */
  boolean isWithin(Provider provider, Fleet fleet) {
    if (block < 0) {
      return true;
    }
    return provider.head() >= 0
        && provider.hasBlock(block)
        && (provider.isHeadCertain() || !fleet.isCertain(block));
  }
}

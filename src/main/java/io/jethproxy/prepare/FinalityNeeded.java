package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.eth.BlockRefs;

/**
 * Which of the tags {@code safe} and {@code finalized} a call names.
 *
 * @param safe whether it names the one
 * @param finalized whether it names the other
 */
record FinalityNeeded(boolean safe, boolean finalized) {

  static FinalityNeeded by(Call call) {
    return switch (BlockRefs.of(call.method(), call.request().params())) {
      case BlockRef.Range(var from, var to) ->
          new FinalityNeeded(
              is(from, Tag.Kind.SAFE) || is(to, Tag.Kind.SAFE),
              is(from, Tag.Kind.FINALIZED) || is(to, Tag.Kind.FINALIZED));
      case Tag tag -> new FinalityNeeded(is(tag, Tag.Kind.SAFE), is(tag, Tag.Kind.FINALIZED));
      case BlockRef.Number _, BlockRef.ByHash _, BlockRef.None _ ->
          new FinalityNeeded(false, false);
    };
  }

  private static boolean is(BlockRef ref, Tag.Kind kind) {
    return ref instanceof Tag(var own) && own == kind;
  }

  boolean isNone() {
    return !safe && !finalized;
  }

  boolean isKnownTo(View view) {
    return (!safe || view.safe().isPresent()) && (!finalized || view.finalized().isPresent());
  }

  /** Whether a tag that it names means nothing on this chain. */
  boolean isUnheardOf(ChainLog log) {
    return (safe && log.unheardOf().contains(Tag.Kind.SAFE))
        || (finalized && log.unheardOf().contains(Tag.Kind.FINALIZED));
  }
}

package io.jethproxy.verify;

import io.jethproxy.call.Call;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * One answer of one provider, with what it is compared to.
 *
 * @param result not null
 * @param by the provider's id
 * @param view the chain as it is known
 */
record Claim(Call call, RawJson result, String by, View view, Profile profile) {

  RawJson param(int index) {
    return Slices.element(call.request().params(), index);
  }

  BlockRef blockRef() {
    return BlockRefs.of(call.method(), call.request().params());
  }

  /**
   * Whether a block is on the branch that is known, unless that very block was asked for. Before it
   * is final, nobody is to blame for another one: it may be the branch to come.
   */
  Finding branch(long number, Optional<Hash> hash) {
    if (number < 0
        || hash.isEmpty()
        || view.block(number).map(known -> known.hash().equals(hash.get())).orElse(true)
        || blockRef() instanceof BlockRef.ByHash) {
      return Finding.RIGHT;
    }
    boolean isElsewhere = view.block(hash.get()).isPresent();
    return isElsewhere || number <= view.finalizedNumber() ? Finding.WRONG : Finding.ASTRAY;
  }

  /** False when a block is not the one that was asked for; true when the question is no help. */
  boolean isAsked(long number, Optional<Hash> hash) {
    return switch (blockRef()) {
      case BlockRef.Number(var asked) -> number == asked;
      case BlockRef.ByHash(var asked) -> hash.equals(Optional.of(asked));
      case BlockRef.Tag(var tag) -> tag != BlockRef.Tag.Kind.EARLIEST || number == 0;
      case BlockRef.Range _, BlockRef.None _ -> true;
    };
  }

  boolean isAboutPending() {
    return switch (blockRef()) {
      case BlockRef.Tag(var tag) -> tag == BlockRef.Tag.Kind.PENDING;
      case BlockRef.Range(var from, var to) -> isPending(from) || isPending(to);
      case BlockRef.Number _, BlockRef.ByHash _, BlockRef.None _ -> false;
    };
  }

  private static boolean isPending(BlockRef ref) {
    return ref instanceof BlockRef.Tag(var tag) && tag == BlockRef.Tag.Kind.PENDING;
  }

  /** Notes whether an aspect holds; false when it should and does not. */
  boolean bears(Aspect aspect, boolean matches, Object subject) {
    return profile.bears(aspect, matches, subject, by);
  }
}

package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An account with proofs: of the address and for as many keys as were asked for, and proved by the
 * state that the block's header names, if the block is known.
 */
final class ProofCheck implements Check {

  /** Larger answers are not hashed on the call's loop. */
  private static final int BYTES_MAX = 256 << 10;

  @Override
  public Finding of(Claim claim) {
    if (claim.result().first() != '{') {
      return Finding.RIGHT;
    }
    ProvedAccount account = ProvedAccount.read(claim.result());
    List<RawJson> slots = Slices.elements(account.slots());
    if (!isAsked(claim, account, slots.size())) {
      return Finding.WRONG;
    }
    Optional<Block> block = block(claim).filter(Block::isVerified);
    if (block.isEmpty()
        || !claim.profile().isTried(Aspect.STATE_PROOF)
        || claim.result().length() > BYTES_MAX) {
      return Finding.RIGHT;
    }
    Hash root = block.get().header().root(HeaderField.STATE_ROOT);
    boolean matches =
        account.isProvedBy(root) && slots.stream().allMatch(account::isProvedByItsStorage);
    return Finding.of(claim.bears(Aspect.STATE_PROOF, matches, block.get().hash()));
  }

  private static boolean isAsked(Claim claim, ProvedAccount account, int slots) {
    Optional<byte[]> asked = Slices.data(claim.param(0));
    Optional<byte[]> named = account.address();
    boolean isOther =
        asked.isPresent() && named.isPresent() && !Arrays.equals(asked.get(), named.get());
    return !isOther && slots == Slices.elements(claim.param(1)).size();
  }

  private static Optional<Block> block(Claim claim) {
    return switch (claim.blockRef()) {
      case BlockRef.Number(var number) -> claim.view().block(number);
      case BlockRef.ByHash(var hash) -> claim.view().block(hash);
      case BlockRef.Tag _, BlockRef.Range _, BlockRef.None _ -> Optional.empty();
    };
  }
}

package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Place;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * The receipts of a block: all of the one that was asked for, of this chain, in order like their
 * logs, and those that its header names, if the block is known.
 */
final class BlockReceiptsCheck implements Check {

  @Override
  public Finding of(Claim claim) {
    if (claim.result().first() != '[' || claim.isAboutPending()) {
      return Finding.RIGHT;
    }
    if (Slices.element(claim.result(), 0).isAbsent()) {
      return ofNone(claim);
    }
    Row row = new Row(claim);
    if (!Slices.objects(claim.result(), row)) {
      return Finding.WRONG;
    }
    return Finding.of(row.head().isEmpty() || areThoseOf(row.head().get(), claim))
        .and(() -> claim.branch(row.number, row.block));
  }

  private static Finding ofNone(Claim claim) {
    Optional<Block> known =
        switch (claim.blockRef()) {
          case BlockRef.Number(var number) -> claim.view().block(number);
          case BlockRef.ByHash(var hash) -> claim.view().block(hash);
          case BlockRef.Tag _, BlockRef.Range _, BlockRef.None _ -> Optional.empty();
        };
    boolean isShort =
        known.isPresent()
            && isRootKept(claim, known.get())
            && !known.get().receiptsRoot().equals(Trie.EMPTY_ROOT);
    return isShort ? Finding.MISSING : Finding.RIGHT;
  }

  /** The receipts in the log were compared with the header when they came. */
  private static boolean isRootKept(Claim claim, Block known) {
    if (known.isVerified() && known.receipts().isPresent()) {
      claim.profile().confirm(Aspect.RECEIPTS_ROOT);
    }
    return claim.profile().isOn(Aspect.RECEIPTS_ROOT);
  }

  private static boolean areThoseOf(Head block, Claim claim) {
    Optional<Block> known = claim.view().block(block.hash());
    return areInOrder(block, claim) && (known.isEmpty() || haveTheRootOf(known.get(), claim));
  }

  private static boolean areInOrder(Head block, Claim claim) {
    return !claim.profile().isTried(Aspect.LOG_ORDER)
        || claim.bears(
            Aspect.LOG_ORDER, BlockReceipts.read(claim.result(), block).isPresent(), block.hash());
  }

  private static boolean haveTheRootOf(Block block, Claim claim) {
    if (!claim.profile().isTried(Aspect.RECEIPTS_ROOT)) {
      return true;
    }
    Optional<Hash> root = Receipt.rootOf(claim.result());
    return root.isEmpty()
        || claim.bears(Aspect.RECEIPTS_ROOT, root.get().equals(block.receiptsRoot()), block.hash());
  }

  /** Whether all are of one block, and that the right one. */
  private static final class Row implements Slices.Objects {
    private final Claim claim;
    private final Place place = new Place();
    private Optional<Hash> block = Optional.empty();
    private long number = -1;
    private boolean isFirst = true;

    Row(Claim claim) {
      this.claim = claim;
    }

    /** Of which block they are; empty when they do not say. */
    Optional<Head> head() {
      return number < 0
          ? Optional.empty()
          : block.map(hash -> new Head(number, hash, Hash.ZERO, 0));
    }

    @Override
    public void see(RawJson key, RawJson value) {
      place.see(key, value);
    }

    @Override
    public boolean end(RawJson receipt) {
      Optional<Hash> own = place.block();
      boolean fits = isFirst ? claim.isAsked(place.number(), own) : own.equals(block);
      isFirst = false;
      block = own;
      number = place.number();
      place.clear();
      return fits;
    }
  }
}

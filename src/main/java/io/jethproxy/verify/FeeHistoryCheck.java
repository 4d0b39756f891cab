package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * The fees of a row of blocks: it ends with the block that was asked for, and those of blocks that
 * are known are the ones that their headers name.
 */
final class FeeHistoryCheck implements Check {

  @Override
  public Finding of(Claim claim) {
    if (claim.result().first() != '{') {
      return Finding.RIGHT;
    }
    Fields fields = new Fields();
    Slices.members(claim.result(), fields);
    long oldest = Slices.quantity(fields.oldestBlock);
    int blocks = Slices.elements(fields.gasUsedRatio).size();
    boolean endsRight =
        blocks == 0
            || !(claim.blockRef() instanceof BlockRef.Number(var newest))
            || oldest + blocks - 1 == newest;
    return Finding.of(oldest >= 0 && endsRight && hasTheirFees(claim, oldest, fields.baseFees));
  }

  /** The last fee is that of a block to come. */
  private static boolean hasTheirFees(Claim claim, long oldest, RawJson baseFees) {
    if (!claim.profile().isTried(Aspect.BASE_FEE)) {
      return true;
    }
    long number = oldest;
    for (RawJson fee : Slices.elements(baseFees)) {
      Optional<Block> known = claim.view().block(number++);
      if (known.isPresent() && !isItsFee(claim, known.get(), fee)) {
        return false;
      }
    }
    return true;
  }

  /** That a fee of zero is right proves nothing. */
  private static boolean isItsFee(Claim claim, Block block, RawJson fee) {
    if (!block.isVerified() || !block.header().has(HeaderField.BASE_FEE)) {
      return true;
    }
    String own = block.header().text(HeaderField.BASE_FEE);
    boolean matches = Slices.content(fee).is(own);
    return (matches && own.equals("0x0")) || claim.bears(Aspect.BASE_FEE, matches, block.hash());
  }

  private static final class Fields implements Slices.Members {
    private RawJson oldestBlock = RawJson.ABSENT;
    private RawJson gasUsedRatio = RawJson.ABSENT;
    private RawJson baseFees = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("oldestBlock")) {
        oldestBlock = value;
      } else if (key.is("gasUsedRatio")) {
        gasUsedRatio = value;
      } else if (key.is("baseFeePerGas")) {
        baseFees = value;
      }
    }
  }
}

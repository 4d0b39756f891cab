package io.jethproxy.verify;

import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;

/** The fees of a row of blocks: it ends with the block that was asked for. */
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
    return Finding.of(oldest >= 0 && endsRight);
  }

  private static final class Fields implements Slices.Members {
    private RawJson oldestBlock = RawJson.ABSENT;
    private RawJson gasUsedRatio = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("oldestBlock")) {
        oldestBlock = value;
      } else if (key.is("gasUsedRatio")) {
        gasUsedRatio = value;
      }
    }
  }
}

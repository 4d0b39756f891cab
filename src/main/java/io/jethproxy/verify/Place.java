package io.jethproxy.verify;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/** The members of a transaction, receipt or log that say where it stands in the chain. */
final class Place implements Slices.Members {

  private RawJson blockNumber = RawJson.ABSENT;
  private RawJson blockHash = RawJson.ABSENT;
  private RawJson transactionHash = RawJson.ABSENT;
  private RawJson transactionIndex = RawJson.ABSENT;
  private RawJson logIndex = RawJson.ABSENT;

  @Override
  public void see(RawJson key, RawJson value) {
    if (key.is("blockNumber")) {
      blockNumber = value;
    } else if (key.is("blockHash")) {
      blockHash = value;
    } else if (key.is("transactionHash")) {
      transactionHash = value;
    } else if (key.is("transactionIndex")) {
      transactionIndex = value;
    } else if (key.is("logIndex")) {
      logIndex = value;
    }
  }

  void clear() {
    blockNumber = RawJson.ABSENT;
    blockHash = RawJson.ABSENT;
    transactionHash = RawJson.ABSENT;
    transactionIndex = RawJson.ABSENT;
    logIndex = RawJson.ABSENT;
  }

  /** {@link Hex#NO_QUANTITY} when there is none, as in what is pending. */
  long number() {
    return Slices.quantity(blockNumber);
  }

  Optional<Hash> block() {
    return Slices.hash(blockHash);
  }

  /** The block's hash as it is written. */
  RawJson blockText() {
    return blockHash;
  }

  Optional<Hash> transaction() {
    return Slices.hash(transactionHash);
  }

  long index() {
    return Slices.quantity(transactionIndex);
  }

  long logIndex() {
    return Slices.quantity(logIndex);
  }

  /** Whether both name the same block and transaction. */
  boolean isWithin(Place receipt) {
    return number() == receipt.number()
        && block().equals(receipt.block())
        && transaction().equals(receipt.transaction());
  }
}

package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * The members of a transaction, receipt or log that say where it stands in the chain; may be used
 * for one after the other. Not thread-safe.
 */
public final class Place implements Slices.Members {

  private RawJson blockNumber = RawJson.ABSENT;
  private RawJson blockHash = RawJson.ABSENT;
  private RawJson transactionHash = RawJson.ABSENT;
  private RawJson transactionIndex = RawJson.ABSENT;
  private RawJson logIndex = RawJson.ABSENT;
  private RawJson logs = RawJson.ABSENT;

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
    } else if (key.is("logs")) {
      logs = value;
    }
  }

  /** Forgets all, for the next object. */
  public void clear() {
    blockNumber = RawJson.ABSENT;
    blockHash = RawJson.ABSENT;
    transactionHash = RawJson.ABSENT;
    transactionIndex = RawJson.ABSENT;
    logIndex = RawJson.ABSENT;
    logs = RawJson.ABSENT;
  }

  /** {@link Hex#NO_QUANTITY} when there is none, as in what is pending. */
  public long number() {
    return Slices.quantity(blockNumber);
  }

  /** The block's hash; empty when there is none. */
  public Optional<Hash> block() {
    return Slices.hash(blockHash);
  }

  /** The block's hash as it is written. */
  public RawJson blockText() {
    return blockHash;
  }

  /** The transaction's hash as receipts and logs name it; empty when there is none. */
  public Optional<Hash> transaction() {
    return Slices.hash(transactionHash);
  }

  /** Of the transaction in its block; {@link Hex#NO_QUANTITY} when there is none. */
  public long index() {
    return Slices.quantity(transactionIndex);
  }

  /** Of the log in its block; {@link Hex#NO_QUANTITY} when there is none. */
  public long logIndex() {
    return Slices.quantity(logIndex);
  }

  /** The logs of a receipt; absent when there are none. */
  public RawJson logs() {
    return logs;
  }

  /** Whether both name the same block and transaction. */
  public boolean isWithin(Place receipt) {
    return number() == receipt.number()
        && block().equals(receipt.block())
        && transaction().equals(receipt.transaction());
  }
}

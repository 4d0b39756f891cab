package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Place;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The receipts of one block as {@code eth_getBlockReceipts} answers them, with an index of their
 * transactions and logs: slices of one answer, so that serving them copies nothing. Immutable.
 *
 * <p>What a header does not commit to is checked against the block here: hash and number of the
 * block, the order of the transactions, and the order of the logs through all of it.
 */
public final class BlockReceipts {

  /** Of the index, for each transaction or log. */
  private static final long ENTRY_BYTES = 96;

  private final RawJson json;
  private final Map<Hash, RawJson> byTransaction;
  private final List<RawJson> logs;

  private BlockReceipts(RawJson json, Map<Hash, RawJson> byTransaction, List<RawJson> logs) {
    this.json = json;
    this.byTransaction = byTransaction;
    this.logs = List.copyOf(logs);
  }

  /**
   * Reads the receipts of a block; empty when they are not those of this block, or not all in
   * order. What they are a small part of is not kept with them.
   *
   * @param receipts valid JSON
   */
  public static Optional<BlockReceipts> read(RawJson receipts, Head of) {
    if (receipts.first() != '[') {
      return Optional.empty();
    }
    Reading reading = new Reading(of);
    RawJson own = receipts.ownWhenSmall();
    for (RawJson each : Slices.elements(own)) {
      if (!reading.take(each)) {
        return Optional.empty();
      }
    }
    return Optional.of(new BlockReceipts(own, reading.byTransaction, reading.logs));
  }

  /** All receipts, a JSON array. */
  public RawJson json() {
    return json;
  }

  /** The receipt of a transaction of the block. */
  public Optional<RawJson> of(Hash transaction) {
    return Optional.ofNullable(byTransaction.get(transaction));
  }

  /** All logs of the block in order, each a JSON object. */
  public List<RawJson> logs() {
    return logs;
  }

  /** Bytes that it keeps in memory, roughly. */
  public long bytes() {
    return json.bytes().length + ENTRY_BYTES * (byTransaction.size() + logs.size());
  }

  private static final class Reading {
    private final Head block;
    private final Map<Hash, RawJson> byTransaction = new HashMap<>();
    private final List<RawJson> logs = new ArrayList<>();

    Reading(Head block) {
      this.block = block;
    }

    boolean take(RawJson receipt) {
      Place place = read(receipt);
      Optional<Hash> transaction = place.transaction();
      if (transaction.isEmpty() || !isHere(place) || place.index() != byTransaction.size()) {
        return false;
      }
      byTransaction.put(transaction.get(), receipt);
      for (RawJson log : Slices.elements(place.logs())) {
        if (!takeLog(log, place)) {
          return false;
        }
      }
      return true;
    }

    private boolean takeLog(RawJson log, Place receipt) {
      Place place = read(log);
      boolean isNext =
          place.isWithin(receipt)
              && place.index() == receipt.index()
              && place.logIndex() == logs.size();
      return isNext && logs.add(log);
    }

    private static Place read(RawJson object) {
      Place place = new Place();
      if (object.first() == '{') {
        Slices.members(object, place);
      }
      return place;
    }

    private boolean isHere(Place place) {
      return place.number() == block.number() && place.block().equals(Optional.of(block.hash()));
    }
  }
}

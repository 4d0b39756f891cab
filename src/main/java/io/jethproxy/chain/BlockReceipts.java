package io.jethproxy.chain;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Hex;
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
   * order.
   *
   * @param receipts valid JSON
   */
  public static Optional<BlockReceipts> read(RawJson receipts, Head of) {
    if (receipts.first() != '[') {
      return Optional.empty();
    }
    Reading reading = new Reading(of);
    for (RawJson each : Slices.elements(receipts)) {
      if (!reading.take(each)) {
        return Optional.empty();
      }
    }
    return Optional.of(new BlockReceipts(receipts, reading.byTransaction, reading.logs));
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
    return json.length() + ENTRY_BYTES * (byTransaction.size() + logs.size());
  }

  private static final class Reading {
    private final Head block;
    private final Map<Hash, RawJson> byTransaction = new HashMap<>();
    private final List<RawJson> logs = new ArrayList<>();

    Reading(Head block) {
      this.block = block;
    }

    boolean take(RawJson receipt) {
      Optional<Place> read = Place.read(receipt);
      if (read.isEmpty() || !isHere(read.get())) {
        return false;
      }
      Place place = read.get();
      if (place.index() != byTransaction.size()) {
        return false;
      }
      byTransaction.put(place.transaction(), receipt);
      for (RawJson log : Slices.elements(place.logs())) {
        if (!takeLog(log, place)) {
          return false;
        }
      }
      return true;
    }

    private boolean takeLog(RawJson log, Place receipt) {
      Optional<Place> place = Place.read(log);
      if (place.isEmpty()
          || !isHere(place.get())
          || place.get().index() != receipt.index()
          || place.get().logIndex() != logs.size()
          || !place.get().transaction().equals(receipt.transaction())) {
        return false;
      }
      logs.add(log);
      return true;
    }

    private boolean isHere(Place place) {
      return place.number() == block.number() && place.block().equals(block.hash());
    }
  }

  /** Where a receipt or log says that it stands. */
  private record Place(
      long number, Hash block, Hash transaction, long index, long logIndex, RawJson logs) {

    static Optional<Place> read(RawJson object) {
      if (object.first() != '{') {
        return Optional.empty();
      }
      Fields fields = new Fields();
      Slices.members(object, fields);
      Optional<Hash> block = hash(fields.blockHash);
      Optional<Hash> transaction = hash(fields.transactionHash);
      return block.isEmpty() || transaction.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Place(
                  quantity(fields.blockNumber),
                  block.get(),
                  transaction.get(),
                  quantity(fields.transactionIndex),
                  quantity(fields.logIndex),
                  fields.logs));
    }

    private static long quantity(RawJson value) {
      RawJson text = Slices.content(value);
      return Hex.quantity(text.bytes(), text.from(), text.to());
    }

    private static Optional<Hash> hash(RawJson value) {
      RawJson text = Slices.content(value);
      return Hash.read(text.bytes(), text.from(), text.to());
    }
  }

  private static final class Fields implements Slices.Members {
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
  }
}

package io.jethproxy.cache;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * Which block an answer says that it belongs to: a block itself, or a transaction, receipt, log or
 * trace, or the last of an array of those.
 *
 * @param number negative when the answer does not say
 * @param hash empty when the answer does not say, or that it is pending
 * @param isPending whether it says that it has no block yet
 */
record Placed(long number, Optional<Hash> hash, boolean isPending) {

  private static final int DECIMAL_DIGITS_MAX = 18;

  /** Reads an answer. */
  static Placed read(RawJson result) {
    RawJson object = result.first() == '[' ? Slices.last(result) : result;
    if (object.first() != '{') {
      return new Placed(Hex.NO_QUANTITY, Optional.empty(), false);
    }
    Fields fields = new Fields();
    Slices.members(object, fields);
    return fields.placed();
  }

  private static long quantity(RawJson value) {
    return value.first() == '"' ? Slices.quantity(value) : decimal(value);
  }

  /** Traces have plain numbers. */
  private static long decimal(RawJson value) {
    if (value.isAbsent() || value.length() > DECIMAL_DIGITS_MAX) {
      return Hex.NO_QUANTITY;
    }
    long number = 0;
    for (int i = value.from(); i < value.to(); i++) {
      int digit = value.bytes()[i] - '0';
      if (digit < 0 || digit > 9) {
        return Hex.NO_QUANTITY;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  private static final class Fields implements Slices.Members {
    private RawJson number = RawJson.ABSENT;
    private RawJson hash = RawJson.ABSENT;
    private RawJson parentHash = RawJson.ABSENT;
    private RawJson blockNumber = RawJson.ABSENT;
    private RawJson blockHash = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("number")) {
        number = value;
      } else if (key.is("hash")) {
        hash = value;
      } else if (key.is("parentHash")) {
        parentHash = value;
      } else if (key.is("blockNumber")) {
        blockNumber = value;
      } else if (key.is("blockHash")) {
        blockHash = value;
      }
    }

    Placed placed() {
      return parentHash.isAbsent() ? of(blockNumber, blockHash) : of(number, hash);
    }

    private static Placed of(RawJson number, RawJson hash) {
      return new Placed(quantity(number), Slices.hash(hash), hash.isNull() || number.isNull());
    }
  }
}

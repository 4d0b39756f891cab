package io.jethproxy.eth;

import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * Reads from the params which block a request asks for. What it cannot read with certainty is
 * {@link BlockRef.None}: the request then passes as it is, and nothing is concluded from it.
 */
public final class BlockRefs {

  private BlockRefs() {}

  /**
   * The block that the params name. A block that is left out at the end is the latest one.
   *
   * @param params valid JSON, or absent
   */
  public static BlockRef of(MethodSpec method, RawJson params) {
    int index = method.block().index();
    return switch (method.block().kind()) {
      case NONE, TRANSACTION -> BlockRef.NONE;
      case HASH -> hash(Slices.element(params, index));
      case RANGE -> range(Slices.element(params, index));
      case BLOCK -> block(params, index);
    };
  }

  private static BlockRef block(RawJson params, int index) {
    RawJson value = Slices.element(params, index);
    if (value.isAbsent() || value.isNull()) {
      // The first param is never optional: without it the request is one for the provider to
      // refuse.
      return index > 0 && params.first() == '[' ? BlockRef.LATEST : BlockRef.NONE;
    }
    return value.first() == '{' ? new BlockObject(value).block() : block(value);
  }

  /** A number, a tag or a hash. */
  private static BlockRef block(RawJson value) {
    BlockRef bound = bound(value);
    return bound instanceof BlockRef.None ? hash(value) : bound;
  }

  private static BlockRef range(RawJson value) {
    return value.first() == '{' ? new BlockObject(value).range() : BlockRef.NONE;
  }

  /** A number or a tag. */
  private static BlockRef bound(RawJson value) {
    RawJson text = Slices.content(value);
    if (text.first() == '0') {
      long number = Hex.quantity(text.bytes(), text.from(), text.to());
      return number == Hex.NO_QUANTITY ? BlockRef.NONE : new BlockRef.Number(number);
    }
    for (Tag.Kind kind : Tag.Kind.values()) {
      if (text.is(kind.text())) {
        return kind == Tag.Kind.LATEST ? BlockRef.LATEST : new Tag(kind);
      }
    }
    return BlockRef.NONE;
  }

  private static BlockRef hash(RawJson value) {
    RawJson text = Slices.content(value);
    Optional<Hash> hash = Hash.read(text.bytes(), text.from(), text.to());
    return hash.isPresent() ? new BlockRef.ByHash(hash.get()) : BlockRef.NONE;
  }

  /**
   * The members of an object that say something of blocks. A key that is written twice, with
   * escapes or in other letters means different things to different nodes: then nothing is known.
   */
  private static final class BlockObject implements Slices.Members {

    /** Bytes; some letters that equal an ASCII one take three. */
    private static final int KEY_LENGTH_MAX = 3 * "blockNumber".length();

    private RawJson blockNumber = RawJson.ABSENT;
    private RawJson blockHash = RawJson.ABSENT;
    private RawJson fromBlock = RawJson.ABSENT;
    private RawJson toBlock = RawJson.ABSENT;
    private boolean certain = true;

    BlockObject(RawJson object) {
      Slices.members(object, this);
    }

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("blockNumber")) {
        blockNumber = once(blockNumber, value);
      } else if (key.is("blockHash")) {
        blockHash = once(blockHash, value);
      } else if (key.is("fromBlock")) {
        fromBlock = once(fromBlock, value);
      } else if (key.is("toBlock")) {
        toBlock = once(toBlock, value);
      } else if (Slices.isEscaped(key) || isNearly(key)) {
        certain = false;
      }
    }

    BlockRef block() {
      if (!certain || isGiven(blockNumber) == isGiven(blockHash)) {
        return BlockRef.NONE;
      }
      return isGiven(blockHash) ? hash(blockHash) : bound(blockNumber);
    }

    BlockRef range() {
      if (!certain) {
        return BlockRef.NONE;
      }
      if (isGiven(blockHash)) {
        return isGiven(fromBlock) || isGiven(toBlock) ? BlockRef.NONE : hash(blockHash);
      }
      BlockRef from = isGiven(fromBlock) ? bound(fromBlock) : BlockRef.LATEST;
      BlockRef to = isGiven(toBlock) ? bound(toBlock) : BlockRef.LATEST;
      return from instanceof BlockRef.None || to instanceof BlockRef.None
          ? BlockRef.NONE
          : new BlockRef.Range(from, to);
    }

    private RawJson once(RawJson earlier, RawJson value) {
      certain &= earlier.isAbsent();
      return value;
    }

    private static boolean isGiven(RawJson value) {
      return !value.isAbsent() && !value.isNull();
    }

    /** Whether a node that does not tell letters apart would take the key for one of ours. */
    private static boolean isNearly(RawJson key) {
      if (key.length() < "toBlock".length() || key.length() > KEY_LENGTH_MAX) {
        return false;
      }
      String text = key.text();
      return text.equalsIgnoreCase("blockNumber")
          || text.equalsIgnoreCase("blockHash")
          || text.equalsIgnoreCase("fromBlock")
          || text.equalsIgnoreCase("toBlock");
    }
  }
}

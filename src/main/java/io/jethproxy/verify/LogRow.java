package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Place;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;

/** The logs of one answer, seen one after the other. */
final class LogRow implements Slices.Objects {

  private final BlockRef asked;
  private final LogFilter filter;
  private final Claim claim;
  private final List<Block> ring;
  private final int[] countByBlock;
  private final Place place = new Place();
  private RawJson address = RawJson.ABSENT;
  private RawJson topics = RawJson.ABSENT;
  private long lastNumber = -1;
  private long lastIndex = -1;
  private boolean isOrdered = true;
  private boolean hasNeighbours;
  private boolean isAstray;
  private RawJson lastHash = RawJson.ABSENT;

  LogRow(Claim claim, LogFilter filter) {
    this.claim = claim;
    this.asked = claim.blockRef();
    this.filter = filter;
    this.ring = claim.view().blocks();
    this.countByBlock = new int[ring.size()];
  }

  /** Whether every log comes after the one before it: so none comes twice. */
  boolean isOrdered() {
    return isOrdered;
  }

  /** Whether two logs of one block were there, without which order means little. */
  boolean hasNeighbours() {
    return hasNeighbours;
  }

  /** Whether logs of another block than the known one were there. */
  boolean isAstray() {
    return isAstray;
  }

  /** How many logs of a block of the ring there were, by its place in the ring. */
  int count(int ringIndex) {
    return countByBlock[ringIndex];
  }

  @Override
  public void see(RawJson key, RawJson value) {
    place.see(key, value);
    if (key.is("address")) {
      address = value;
    } else if (key.is("topics")) {
      topics = value;
    }
  }

  @Override
  public boolean end(RawJson log) {
    long number = place.number();
    boolean fits = isHere(number) && filter.matches(address, topics);
    follow(number, place.logIndex());
    place.clear();
    address = RawJson.ABSENT;
    topics = RawJson.ABSENT;
    return fits;
  }

  private boolean isHere(long number) {
    int index = ringIndex(number);
    if (index >= 0) {
      countByBlock[index]++;
    }
    return switch (asked) {
      case BlockRef.ByHash(var hash) ->
          place.block().equals(Optional.of(hash)) && isNumbered(number, hash);
      case BlockRef.Range(var from, var to) ->
          number >= lowest(from) && number <= highest(to) && isOfRing(index);
      case BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> number >= 0 && isOfRing(index);
    };
  }

  /** Whether the block that was asked for by its hash is where the log says, if that is known. */
  private boolean isNumbered(long number, Hash hash) {
    return claim.view().block(hash).map(known -> known.number() == number).orElse(true);
  }

  /** Whether a log of a block that is known may be of it, or of another branch. */
  private boolean isOfRing(int index) {
    if (index < 0) {
      return true;
    }
    if (place.number() == lastNumber) {
      return place.blockText().equals(lastHash); // as the one before it
    }
    lastHash = place.blockText();
    if (place.block().equals(Optional.of(ring.get(index).hash()))) {
      return true; // without another look at what was asked, which may be long
    }
    return switch (claim.branch(place.number(), place.block())) {
      case RIGHT, MISSING, WRONG -> false;
      case ASTRAY -> {
        isAstray = true;
        yield true;
      }
    };
  }

  private int ringIndex(long number) {
    long index = ring.isEmpty() ? -1 : number - ring.getFirst().number();
    return index >= 0 && index < ring.size() ? (int) index : -1;
  }

  private void follow(long number, long logIndex) {
    hasNeighbours |= number == lastNumber;
    isOrdered &= number > lastNumber || (number == lastNumber && logIndex > lastIndex);
    lastNumber = number;
    lastIndex = logIndex;
  }

  /** What is left open by a tag that moves bounds nothing. */
  static long lowest(BlockRef from) {
    return from instanceof BlockRef.Number(var number) ? number : 0;
  }

  static long highest(BlockRef to) {
    return switch (to) {
      case BlockRef.Number(var number) -> number;
      case BlockRef.Tag(var tag) -> tag == BlockRef.Tag.Kind.EARLIEST ? 0 : Long.MAX_VALUE;
      case BlockRef.ByHash _, BlockRef.Range _, BlockRef.None _ -> Long.MAX_VALUE;
    };
  }
}

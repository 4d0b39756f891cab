package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
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
  private final List<Block> ring;
  private final int[] countByBlock;
  private final Place place = new Place();
  private RawJson address = RawJson.ABSENT;
  private RawJson topics = RawJson.ABSENT;
  private long lastNumber = -1;
  private long lastIndex = -1;
  private boolean isOrdered = true;
  private boolean hasNeighbours;
  private RawJson lastHash = RawJson.ABSENT;

  LogRow(Claim claim, LogFilter filter) {
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
      case BlockRef.ByHash(var hash) -> place.block().equals(Optional.of(hash)) && isOfRing(index);
      case BlockRef.Range(var from, var to) ->
          number >= lowest(from) && number <= highest(to) && isOfRing(index);
      case BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> number >= 0 && isOfRing(index);
    };
  }

  /** Whether a log of a block that is known is on the right fork. */
  private boolean isOfRing(int index) {
    if (index < 0) {
      return true;
    }
    if (place.number() == lastNumber && place.blockText().equals(lastHash)) {
      return true; // as the one before it
    }
    lastHash = place.blockText();
    return place.block().equals(Optional.of(ring.get(index).hash()));
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

package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.LogRows;
import io.jethproxy.eth.LogRows.Field;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The logs of one answer, seen one after the other. What is written as in the log before it is what
 * that was found to be, so that of most logs little is left to be looked at.
 */
final class LogRow {

  private final BlockRef asked;
  private final LogFilter filter;
  private final Claim claim;
  private final List<Block> ring;
  private final int[] countByBlock;
  private final LogRows rows;
  private final RawJson[] wantedTopics;
  private long lastNumber = -1;
  private long lastIndex = -1;
  private int lastRingIndex = -1;
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
    this.rows = new LogRows(claim.result());
    this.wantedTopics = new RawJson[filter.topics().size()];
    Arrays.fill(wantedTopics, RawJson.ABSENT);
  }

  /** Looks at the logs; whether all are such as were asked for. The first that is not ends it. */
  boolean fits() {
    while (rows.next()) {
      long number =
          rows.isRepeated(Field.BLOCK_NUMBER) ? lastNumber : rows.quantity(Field.BLOCK_NUMBER);
      if (!isHere(number) || !isWanted()) {
        return false;
      }
      follow(number, rows.quantity(Field.LOG_INDEX));
    }
    return !rows.isStrange();
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

  private boolean isHere(long number) {
    if (!rows.isRepeated(Field.BLOCK_NUMBER)) {
      lastRingIndex = ringIndex(number);
    }
    if (lastRingIndex >= 0) {
      countByBlock[lastRingIndex]++;
    }
    if (rows.isRepeated(Field.BLOCK_NUMBER) && rows.isRepeated(Field.BLOCK_HASH)) {
      return true;
    }
    return switch (asked) {
      case BlockRef.ByHash(var hash) ->
          block().equals(Optional.of(hash)) && isNumbered(number, hash);
      case BlockRef.Range(var from, var to) ->
          number >= lowest(from) && number <= highest(to) && isOfRing(number);
      case BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ -> number >= 0 && isOfRing(number);
    };
  }

  private Optional<Hash> block() {
    return Slices.hash(rows.value(Field.BLOCK_HASH));
  }

  private boolean isWanted() {
    if (!rows.isRepeated(Field.ADDRESS) && !filter.wantsAddress(rows.value(Field.ADDRESS))) {
      return false;
    }
    for (int i = 0; i < wantedTopics.length; i++) {
      if (!isWantedTopic(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isWantedTopic(int place) {
    RawJson wanted = wantedTopics[place];
    if (!wanted.isAbsent() && rows.isTopic(place, wanted)) {
      return true;
    }
    wantedTopics[place] = rows.topic(place);
    return filter.wantsTopic(place, wantedTopics[place]);
  }

  /** Whether the block that was asked for by its hash is where the log says, if that is known. */
  private boolean isNumbered(long number, Hash hash) {
    return claim.view().block(hash).map(known -> known.number() == number).orElse(true);
  }

  /** Whether a log of a block that is known may be of it, or of another branch. */
  private boolean isOfRing(long number) {
    if (lastRingIndex < 0) {
      return true;
    }
    RawJson text = rows.value(Field.BLOCK_HASH);
    if (number == lastNumber) {
      return text.equals(lastHash); // as the one before it
    }
    lastHash = text;
    if (block().equals(Optional.of(ring.get(lastRingIndex).hash()))) {
      return true; // without another look at what was asked, which may be long
    }
    return switch (claim.branch(number, block())) {
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

package io.jethproxy.logs;

import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts arrays together, each log exactly as it came. */
final class Merged {

  private Merged() {}

  /** The elements of all arrays in this order, copied once. */
  static RawJson inOrder(List<RawJson> arrays) {
    List<RawJson> insides =
        arrays.stream().map(Merged::inside).filter(one -> !one.isAbsent()).toList();
    return joined(insides);
  }

  /** The logs of an answer with those that it left out, in the order of the chain. */
  static RawJson byBlock(RawJson array, List<RawJson> omitted) {
    List<RawJson> logs = new ArrayList<>(omitted);
    logs.addAll(Slices.elements(array));
    logs.sort(
        Comparator.<RawJson>comparingLong(log -> quantity(log, "blockNumber"))
            .thenComparingLong(log -> quantity(log, "logIndex")));
    return joined(logs);
  }

  private static long quantity(RawJson log, String member) {
    return Slices.quantity(Slices.member(log, member));
  }

  /** The logs of parts of one block, in the order in which they are in it. */
  static RawJson byLogIndex(List<Part> parts) {
    List<RawJson> arrays = new ArrayList<>();
    parts.forEach(part -> part.addTo(arrays));
    List<RawJson> logs = new ArrayList<>();
    arrays.forEach(array -> logs.addAll(Slices.elements(array)));
    logs.sort(Comparator.comparingLong(log -> quantity(log, "logIndex")));
    return joined(logs);
  }

  private static RawJson joined(List<RawJson> pieces) {
    long length = 2L + Math.max(0, pieces.size() - 1);
    for (RawJson piece : pieces) {
      length += piece.length();
    }
    byte[] joined = new byte[Math.toIntExact(length)];
    int at = 0;
    joined[at++] = '[';
    for (RawJson piece : pieces) {
      if (at > 1) {
        joined[at++] = ',';
      }
      System.arraycopy(piece.bytes(), piece.from(), joined, at, piece.length());
      at += piece.length();
    }
    joined[at] = ']';
    return new RawJson(joined, 0, joined.length);
  }

  /** What stands between the brackets; absent when that is nothing. */
  private static RawJson inside(RawJson array) {
    int from = array.from() + 1;
    int to = array.to() - 1;
    while (from < to && array.bytes()[from] <= ' ') {
      from++;
    }
    while (from < to && array.bytes()[to - 1] <= ' ') {
      to--;
    }
    return new RawJson(array.bytes(), from, to);
  }
}

package io.jethproxy.logs;

import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;

/**
 * A part of a question: asked as it is, or cut into smaller ones when that is too much. Belongs to
 * the call's own loop.
 */
final class Part {

  /** Which blocks. */
  sealed interface Where {
    /** Those of a range. */
    record InRange(Span span) implements Where {}

    /**
     * One block, by its hash.
     *
     * @param member what says so in the filter
     */
    record InBlock(String member) implements Where {}
  }

  private final Where where;
  private final Query query;
  private List<Part> parts = List.of();
  private RawJson answer = RawJson.ABSENT;

  Part(Where where, Query query) {
    this.where = where;
    this.query = query;
  }

  static Part of(Span span, Query query) {
    return new Part(new Where.InRange(span), query);
  }

  RawJson params() {
    return switch (where) {
      case Where.InRange(var span) -> query.params(span);
      case Where.InBlock(var member) -> query.params(member);
    };
  }

  /** The blocks that are asked for by number. */
  Optional<Span> span() {
    return where instanceof Where.InRange(var span) ? Optional.of(span) : Optional.empty();
  }

  /** How many parts {@link #split} makes. */
  long pieces(Sizes sizes) {
    return switch (where) {
      case Where.InRange(var span) when span.blocks() > 1 -> span.pieces(sizes.again(span));
      case Where.InRange _, Where.InBlock _ -> query.halves().size();
    };
  }

  /**
   * Cuts it into at least two parts; none when it cannot be cut further. Blocks first: the parts
   * then need no sorting.
   */
  List<Part> split(Sizes sizes) {
    parts =
        switch (where) {
          case Where.InRange(var span) when span.blocks() > 1 ->
              span.cut(sizes.again(span)).stream().map(piece -> of(piece, query)).toList();
          case Where.InRange _, Where.InBlock _ ->
              query.halves().stream().map(half -> new Part(where, half)).toList();
        };
    return parts;
  }

  /** Takes its answer, a JSON array. */
  void answered(RawJson array) {
    answer = array;
  }

  /** The arrays of logs that it consists of, in order. */
  void addTo(List<RawJson> arrays) {
    if (parts.isEmpty()) {
      arrays.add(answer);
    } else if (parts.getFirst().isOfSameBlocks(this)) {
      arrays.add(Merged.byLogIndex(parts));
    } else {
      parts.forEach(part -> part.addTo(arrays));
    }
  }

  private boolean isOfSameBlocks(Part whole) {
    return where.equals(whole.where);
  }
}

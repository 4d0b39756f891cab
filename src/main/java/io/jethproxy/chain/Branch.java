package io.jethproxy.chain;

import java.util.List;

/**
 * The way from a provider's head down its parents.
 *
 * @param blocks from the head down, without those of the ring; empty when the head is in the ring
 * @param joinNumber of the ring's block that the lowest one is a child of, or that the head is;
 *     negative when there is none
 * @param course how it stands to the ring
 */
record Branch(List<Block> blocks, long joinNumber, Course course) {

  /** How a branch stands to the ring. */
  enum Course {
    /** It grows out of the ring. */
    LINKED,
    /** It may, but blocks are missing. */
    OPEN,
    /** It does not, or so far away that it cannot be told. */
    APART
  }

  /** The blocks from this one down. */
  List<Block> upTo(Block top) {
    return blocks.subList(blocks.indexOf(top), blocks.size());
  }
}

package io.jethproxy.chain;

/**
 * A block that may become the head.
 *
 * @param branch that it is on
 * @param groups of providers that vote for it
 */
record Candidate(Block block, Branch branch, int groups) {

  boolean isBetterThan(Candidate other) {
    return block.number() != other.block().number()
        ? block.number() > other.block().number()
        : groups > other.groups();
  }
}

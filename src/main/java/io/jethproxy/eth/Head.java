package io.jethproxy.eth;

/**
 * A block as followers of the chain see it.
 *
 * @param number height, not negative
 * @param hash the block's own hash
 * @param parent the hash of the block before it
 * @param timestamp seconds since 1970, as the block says
 */
public record Head(long number, Hash hash, Hash parent, long timestamp) {

  public Head {
    if (number < 0) {
      throw new IllegalArgumentException("block number: " + number + " (expected: >= 0)");
    }
  }
}

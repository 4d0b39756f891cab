package io.jethproxy.cache;

/** Why an answer was not kept, or not looked for. */
enum NotCached {
  /** Its answers are never the same for long, or are not for everybody. */
  METHOD("method"),
  /** What names a block cannot be read with certainty. */
  UNREAD_BLOCK("unread_block"),
  /** The block is a tag that was not resolved. */
  TAG("tag"),
  PENDING("pending"),
  /** The params may mean different things to different nodes, or are too long. */
  PARAMS("params"),
  /** What the chain is now is not known. */
  CHAIN_UNKNOWN("chain_unknown"),
  /** The block is beyond the newest one. */
  FUTURE("future"),
  /** The block is neither finalized nor one of the newest. */
  OUT_OF_RING("out_of_ring"),
  ERROR("error"),
  NULL("null"),
  /** An empty answer that may only mean that the provider is behind. */
  EMPTY("empty"),
  /** The answer does not say which block it belongs to. */
  UNPLACED("unplaced"),
  /** The answer is of another block than asked, or of one that is not on the chain. */
  OTHER_BLOCK("other_block"),
  /** It was asked by number, and nothing shows which branch it is of. */
  UNSURE("unsure"),
  /** The chain moved on while the answer was fetched. */
  MOVED("moved"),
  TOO_LARGE("too_large");

  private final String label;

  NotCached(String label) {
    this.label = label;
  }

  /** The word in the status; stable. */
  String label() {
    return label;
  }
}

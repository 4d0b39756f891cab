package io.jethproxy.chain;

import io.jethproxy.eth.Hex;
import io.jethproxy.rpc.JsonCursor;
import io.jethproxy.rpc.RawJson;

/**
 * What {@code eth_syncing} says.
 *
 * @param current the last block that the node has processed; negative when it does not say
 * @param highest the block that it is on its way to; negative when it does not say
 */
record SyncState(long current, long highest) {

  /** Not syncing, or not saying where it is. */
  static final SyncState DONE = new SyncState(-1, -1);

  /** Some nodes always tell of a sync, a block or two away from its end. */
  private static final int TOLERANCE_BLOCKS = 8;

  /** Reads {@code false}, or an object with {@code currentBlock} and {@code highestBlock}. */
  static SyncState of(RawJson result) {
    if (result.first() != '{') {
      return DONE;
    }
    long current = Hex.NO_QUANTITY;
    long highest = Hex.NO_QUANTITY;
    JsonCursor cursor = JsonCursor.over(result);
    cursor.enterObject();
    while (cursor.nextMember()) {
      if (cursor.nameIs("currentBlock")) {
        current = quantity(cursor.value());
      } else if (cursor.nameIs("highestBlock")) {
        highest = quantity(cursor.value());
      } else {
        cursor.skip();
      }
    }
    return current < 0 || highest < 0 ? DONE : new SyncState(current, highest);
  }

  private static long quantity(RawJson text) {
    return text.first() == '"'
        ? Hex.quantity(text.bytes(), text.from() + 1, text.to() - 1)
        : Hex.NO_QUANTITY;
  }

  /** Whether the node has a way to go, so that it knows headers whose state it does not have. */
  boolean isBehind() {
    return highest - current > TOLERANCE_BLOCKS;
  }

  /** The head that counts: what is processed, whatever the node calls its head. */
  long limit(long head) {
    return isBehind() ? Math.min(head, current) : head;
  }
}

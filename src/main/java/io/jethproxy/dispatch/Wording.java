package io.jethproxy.dispatch;

import io.jethproxy.call.Call;

/**
 * How one attempt puts the call.
 *
 * @param call what is sent
 * @param way how the block is named in it
 */
record Wording(Call call, Way way) {

  /** How a block is named. */
  enum Way {
    /** As the client has put it, or its tag has become a number. */
    AS_IS,
    /** By its hash: the answer is of that block, or there is none. */
    BY_HASH,
    /** By its number, at a provider that had the very block when it was asked. */
    BY_NUMBER,
    /** By its number, at a provider that may have another block there. */
    BY_NUMBER_ASTRAY
  }
}

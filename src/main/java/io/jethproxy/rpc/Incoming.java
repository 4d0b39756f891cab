package io.jethproxy.rpc;

import java.util.List;

/** What a client's body turned out to be. */
public sealed interface Incoming {

  /** A single call. */
  record One(Item item) implements Incoming {}

  /** A batch of at least one item, in the order that the answers must have. */
  record Many(List<Item> items) implements Incoming {}

  /**
   * Nothing that can be answered item by item: not JSON, too deep, an empty batch.
   *
   * @param fault what to answer, with id null
   * @param tooBig whether a limit on size was the reason (HTTP 413)
   */
  record Unreadable(Fault fault, boolean tooBig) implements Incoming {}

  /** One element of a batch, or the whole of a single call. */
  sealed interface Item {

    /** A well-formed request. */
    record Valid(Request request) implements Item {}

    /**
     * Something that is no request.
     *
     * @param id the id to answer with: the item's own where it has a legal one, else null
     */
    record Invalid(RawJson id, Fault fault) implements Item {}
  }
}

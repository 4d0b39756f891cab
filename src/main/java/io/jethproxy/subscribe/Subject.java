package io.jethproxy.subscribe;

/** What a subscription is about. */
sealed interface Subject {

  /** Headers of new blocks. */
  record Heads() implements Subject {}

  /** Logs. */
  record Logs(LogCriteria criteria) implements Subject {}

  /** Transactions that wait for a block. */
  record Pending(Detail detail) implements Subject {}

  /** How much is told of a transaction. */
  enum Detail {
    HASH,
    FULL
  }

  /** Whether the network can be used. */
  record Syncing() implements Subject {}

  /** Its name in {@code eth_subscribe}, which metrics use too. */
  default String label() {
    return switch (this) {
      case Heads _ -> "newHeads";
      case Logs _ -> "logs";
      case Pending _ -> "newPendingTransactions";
      case Syncing _ -> "syncing";
    };
  }

  /** Whether its client has a place in the chain. */
  default boolean isOfBlocks() {
    return switch (this) {
      case Heads _, Logs _ -> true;
      case Pending _, Syncing _ -> false;
    };
  }

  /** Bytes that it keeps in memory, roughly. */
  default long bytes() {
    return switch (this) {
      case Logs(var criteria) -> criteria.bytes();
      case Heads _, Pending _, Syncing _ -> 512;
    };
  }
}

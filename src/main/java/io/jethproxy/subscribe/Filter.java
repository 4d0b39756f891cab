package io.jethproxy.subscribe;

/**
 * One client's filter: what it wants, and how far it was told. Its place is changed by the one call
 * whose turn it is.
 */
final class Filter {

  /** Whose filter it is: nobody else finds it. Callers are not told apart yet. */
  record Owner(long chainId) {}

  /** What a filter is about. */
  sealed interface Topic {

    /** Hashes of new blocks. */
    record Blocks() implements Topic {}

    /** Logs. */
    record Logs(LogCriteria criteria) implements Topic {}

    /** Hashes of transactions that wait for a block. */
    record Pending() implements Topic {}
  }

  /** In memory, whatever it wants. */
  private static final long BYTES_MIN = 512;

  private final Owner owner;
  private final Topic topic;
  private final Turns turns = new Turns();
  private volatile Position position;
  private volatile long pendingSeen;

  /** When it was last asked for; guarded by the store. */
  private long usedNanos;

  private Filter(Owner owner, Topic topic, Position position, long pendingSeen) {
    this.owner = owner;
    this.topic = topic;
    this.position = position;
    this.pendingSeen = pendingSeen;
  }

  /** Of blocks or logs, from a place in the chain on. */
  static Filter from(Position position, Owner owner, Topic topic) {
    return new Filter(owner, topic, position, 0);
  }

  /** Of transactions, from the one with this number in the feed on. */
  static Filter pending(Owner owner, long pendingSeen) {
    return new Filter(owner, new Topic.Pending(), Position.NOWHERE, pendingSeen);
  }

  Owner owner() {
    return owner;
  }

  Topic topic() {
    return topic;
  }

  Turns turns() {
    return turns;
  }

  /** The newest block that it was told of. */
  Position position() {
    return position;
  }

  void moveTo(Position place) {
    position = place;
  }

  /** How many transactions of the feed it was told of, or has missed. */
  long pendingSeen() {
    return pendingSeen;
  }

  void sawPending(long count) {
    pendingSeen = count;
  }

  long usedNanos() {
    return usedNanos;
  }

  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** Bytes that it keeps in memory, roughly. */
  long bytes() {
    return switch (topic) {
      case Topic.Logs(var criteria) -> criteria.bytes();
      case Topic.Blocks _, Topic.Pending _ -> BYTES_MIN;
    };
  }
}
